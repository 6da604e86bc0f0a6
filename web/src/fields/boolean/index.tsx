import { Switch } from "antd";
import { Check, ToggleLeft } from "lucide-react";
import { useSpeech } from "@/messages";
import type { CellProps, EditorProps, FieldUi, FilterProps } from "../contract";
import { Choose } from "../parts/Choose";

function Cell({ value, linked }: CellProps) {
  const { t } = useSpeech();
  if (linked) return <>{value ? t("value.yes") : t("value.no")}</>;
  return value ? <Check size={15} color="var(--accent)" aria-label={t("value.yes")} /> : <span className="sr-only">{t("value.no")}</span>;
}

function Editor({ value, onChange, onCommit, id, label, autoFocus, describedBy }: EditorProps) {
  return (
    <Switch
      {...(id ? { id } : {})}
      size="small"
      style={{ alignSelf: "flex-start" }}
      checked={Boolean(value)}
      autoFocus={autoFocus ?? false}
      aria-label={label}
      aria-describedby={describedBy}
      onChange={(next) => {
        onChange(next);
        onCommit?.(next);
      }}
    />
  );
}

function Filter({ value, onChange, label }: FilterProps) {
  const { t } = useSpeech();
  return (
    <Choose
      label={label}
      clearable={false}
      value={value === undefined || value === null ? null : String(value)}
      options={[{ value: "true", text: t("value.yes") }, { value: "false", text: t("value.no") }]}
      onPick={(next) => onChange(next === "true")}
    />
  );
}

export const booleanField: FieldUi = {
  icon: ToggleLeft, width: 90, Cell, Editor, Filter,
  text: (value, _field, { t }) => (value === true ? t("value.yes") : value === false ? t("value.no") : ""),
};
