import { Link } from "@tanstack/react-router";
import { Split } from "lucide-react";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { Reference } from "@/api/types";
import { useSpeech } from "@/messages";
import type { CellProps, EditorProps, FieldUi, FilterProps } from "../contract";
import { Choose, type Option } from "../parts/Choose";
import { lazyConfig } from "../parts/configForm";
import { isReference, useCandidates } from "../relation/references";

type Named = Reference & { object: string };
const isNamed = (value: unknown): value is Named => isReference(value) && "object" in value;

function Cell({ value, linked }: CellProps) {
  const { t, say } = useSpeech();
  const type = useCatalog().object(isNamed(value) ? value.object : "");
  if (!isNamed(value)) return null;
  if (value.label === null) return <>{t("value.outOfSight")}</>;
  return (
    <span>
      {type && <span style={{ color: "var(--muted)", marginInlineEnd: 6 }}>{say(type.label)}</span>}
      {linked ? <Link to="/o/$object/$id" params={{ object: value.object, id: value.id }}>{value.label}</Link> : value.label}
    </span>
  );
}

/** First of which object, then which record. */
function Editor({ value, field, onChange, onCommit, onCancel, ...rest }: EditorProps) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const targets = field.config.targets ?? [];
  const current = isNamed(value) ? value : null;
  const [object, setObject] = useState(current?.object ?? targets[0] ?? "");
  const [typed, setTyped] = useState("");
  const { options, loading } = useCandidates(object, typed, true);
  const here = current?.object === object ? current : null;
  const shown: Option[] = here && !options.some((option) => option.value === here.id) ? [...options, { value: here.id, text: here.label ?? t("value.outOfSight") }] : options;
  const objects = targets.map((name) => ({ value: name, text: say(catalog.object(name)?.label) || name }));
  const pick = (id: unknown) => {
    const found = options.find((option) => option.value === id)?.reference;
    const next = found ? { ...found, object } : null;
    onChange(next);
    onCommit?.(next);
  };
  return (
    <span style={{ display: "flex", flexWrap: "wrap", gap: 6 }}>
      <span style={{ flex: "1 1 90px" }}><Choose label={t("value.object")} value={object} options={objects} clearable={false} onPick={(next) => setObject(String(next))} /></span>
      <span style={{ flex: "2 1 140px" }}><Choose {...rest} bare={false} value={here?.id ?? null} options={shown} loading={loading} clearable={!field.required} placeholder={t("value.searchPlaceholder")} onSearch={setTyped} onCancel={onCancel} onPick={pick} /></span>
    </span>
  );
}

const Filter = ({ value, onChange, field, many, label }: FilterProps) => {
  const write = (next: unknown) => (isNamed(next) ? { object: next.object, id: next.id } : next);
  return <Editor field={field} label={label} value={Array.isArray(value) ? value[0] : value} onChange={(next) => onChange(many ? [write(next)] : write(next))} />;
};

export const polymorphicField: FieldUi = {
  icon: Split, width: 200, Cell, Editor, Filter,
  text: (value) => (isNamed(value) ? (value.label ?? "") : ""),
  toWrite: (value) => (isNamed(value) ? { object: value.object, id: value.id } : null),
  ConfigForm: lazyConfig(() => import("./Config")), neededConfig: ["targets"],
};
