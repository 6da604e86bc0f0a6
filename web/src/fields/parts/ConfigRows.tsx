import { Input, Switch } from "antd";
import type { Localized } from "@/api/types";
import { FormRow } from "@/ui/FormRow";
import { Choose, type Option } from "./Choose";

interface Row<Value> {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  help?: string | undefined;
  error?: string | undefined;
  disabled?: boolean | undefined;
}

export function TextRow({ label, value, onChange, help, error, numeric }: Row<string | null> & { numeric?: boolean }) {
  return (
    <FormRow label={label} help={help} error={error}>
      {({ id, describedBy }) => <Input id={id} aria-describedby={describedBy} inputMode={numeric ? "numeric" : "text"} value={value ?? ""} onChange={(event) => onChange(event.target.value || null)} />}
    </FormRow>
  );
}

/** A whole number; what is not one stays as typed until the server says so. */
export function WholeRow({ value, onChange, ...rest }: Row<number | null>) {
  const read = (text: string | null) => {
    const digits = (text ?? "").replace(/\D/g, "");
    onChange(digits === "" ? null : Number(digits));
  };
  return <TextRow {...rest} numeric value={value === null ? null : String(value)} onChange={read} />;
}

export function SwitchRow({ label, value, onChange, help, error }: Row<boolean>) {
  return <FormRow label={label} help={help} error={error}>{({ id }) => <span><Switch id={id} size="small" checked={value} onChange={onChange} /></span>}</FormRow>;
}

export function PickRow({ label, value, onChange, options, help, error, clearable = false }: Row<string | null> & { options: Option[]; clearable?: boolean }) {
  return (
    <FormRow label={label} help={help} error={error}>
      {({ id, describedBy }) => <Choose id={id} describedBy={describedBy} value={value} options={options} clearable={clearable} onPick={(next) => onChange(next as string | null)} />}
    </FormRow>
  );
}

/** One text in both languages; none where both are blank. */
export function LocalizedRows({ zh, en, value, onChange }: { zh: string; en: string; value: Localized | null; onChange: (value: Localized | null) => void }) {
  const set = (language: "zh-CN" | "en", text: string | null) => {
    const next = { ...value };
    if (text) next[language] = text;
    else delete next[language];
    onChange(Object.keys(next).length ? next : null);
  };
  return (
    <>
      <TextRow label={zh} value={value?.["zh-CN"] ?? null} onChange={(text) => set("zh-CN", text)} />
      <TextRow label={en} value={value?.["en"] ?? null} onChange={(text) => set("en", text)} />
    </>
  );
}
