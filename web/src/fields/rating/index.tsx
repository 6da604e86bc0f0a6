import { Star } from "lucide-react";
import type { Field } from "@/api/types";
import { useSpeech } from "@/messages";
import type { CellProps, EditorProps, FieldUi, FilterProps } from "../contract";
import { Choose } from "../parts/Choose";
import { lazyConfig } from "../parts/configForm";

const STAR = "★";
const most = (field: Field) => field.config.most ?? 5;
const text = (value: unknown) => (typeof value === "number" ? STAR.repeat(value) : "");
const options = (field: Field) => Array.from({ length: most(field) }, (_, index) => ({ value: String(index + 1), text: text(index + 1) }));
const toStars = (picked: unknown) => (Array.isArray(picked) ? picked.map(Number) : picked === null || picked === undefined ? null : Number(picked));
const asText = (value: unknown) => (value === null || value === undefined ? null : String(value));

function Cell({ value, field }: CellProps) {
  const { t } = useSpeech();
  if (typeof value !== "number") return null;
  return (
    <span role="img" aria-label={t("value.stars", { n: value, most: most(field) })} style={{ color: "var(--cat-yellow-solid)" }}>
      {text(value)}
      <span style={{ color: "var(--line-strong)" }}>{STAR.repeat(Math.max(0, most(field) - value))}</span>
    </span>
  );
}

function Editor({ value, field, onChange, onCommit, ...rest }: EditorProps) {
  const pick = (picked: unknown) => {
    onChange(toStars(picked));
    onCommit?.(toStars(picked));
  };
  return <Choose {...rest} value={asText(value)} options={options(field)} clearable={!field.required} onPick={pick} onLeave={() => rest.onCancel?.()} />;
}

function Filter({ value, field, many, onChange, label }: FilterProps) {
  return <Choose label={label} many={many} value={Array.isArray(value) ? value.map(String) : asText(value)} options={options(field)} onPick={(next) => onChange(toStars(next))} />;
}

export const ratingField: FieldUi = { icon: Star, width: 110, Cell, Editor, Filter, text, toWrite: toStars, ConfigForm: lazyConfig(() => import("./Config")) };
