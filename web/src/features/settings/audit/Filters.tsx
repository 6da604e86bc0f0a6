import { DatePicker, Input, Select } from "antd";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import { useSpeech } from "@/messages";
import { useWords, type AuditFilters } from "./audit";
import styles from "./Audit.module.css";

interface Props {
  value: AuditFilters;
  onChange: (next: AuditFilters) => void;
}

/** The filters of the audit; each narrows at once and stands in the address. */
export function Filters({ value, onChange }: Props) {
  const { t } = useSpeech();
  const words = useWords().data;
  const set = (name: keyof AuditFilters, next: string | null | undefined) => {
    const rest = { ...value };
    delete rest[name];
    onChange(next ? { ...rest, [name]: next } : rest);
  };
  const choose = (name: keyof AuditFilters, label: string, options: { value: string; label: string }[]) => (
    <Select allowClear showSearch={{ optionFilterProp: "label" }} aria-label={label} placeholder={label} value={value[name] ?? null} options={options} onChange={(next) => set(name, next)} />
  );
  const moment = (name: "since" | "until", label: string) => (
    <DatePicker showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" aria-label={label} placeholder={label} value={value[name] ? dayjs(value[name]) : null} onChange={(next) => set(name, Array.isArray(next) ? null : next?.toISOString())} />
  );
  return (
    <div className={styles["filters"]} role="search" aria-label={t("audit.filters")}>
      <Input.Search key={value.text ?? ""} allowClear defaultValue={value.text ?? ""} placeholder={t("audit.search")} aria-label={t("audit.search")} maxLength={200} onSearch={(next) => set("text", next.trim())} />
      {moment("since", t("audit.from"))}
      {moment("until", t("audit.until"))}
      {choose("actor", t("audit.who"), (words?.people ?? []).map((each) => ({ value: each.id, label: each.name })))}
      {choose("action", t("audit.action"), (words?.actions ?? []).map((each) => ({ value: each.key, label: each.label })))}
      {choose("object", t("audit.object"), (words?.objects ?? []).map((each) => ({ value: each.name, label: each.label })))}
      {choose("outcome", t("audit.outcome"), (["done", "denied", "failed"] as const).map((each) => ({ value: each, label: t(`audit.outcome.${each}`) })))}
    </div>
  );
}
