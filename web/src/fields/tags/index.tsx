import { Select } from "antd";
import { Tags } from "lucide-react";
import { useSpeech } from "@/messages";
import { Tag } from "@/ui/Tag";
import type { CellProps, EditorProps, FieldUi, FilterProps } from "../contract";

const SEPARATORS = [";", "\uff1b", ",", "\uff0c", "\u3001", "|"];
const list = (value: unknown): string[] => (Array.isArray(value) ? (value as string[]) : value ? [String(value)] : []);

const Cell = ({ value, linked }: CellProps) => (
  <span style={{ display: "inline-flex", gap: 4, flexWrap: linked ? "wrap" : "nowrap", overflow: "hidden", maxWidth: "100%" }}>
    {list(value).map((tag) => <Tag key={tag} color="gray">{tag}</Tag>)}
  </span>
);

function Editor({ value, onChange, onCommit, onCancel, id, describedBy, invalid, autoFocus, label, bare }: EditorProps) {
  const { t } = useSpeech();
  const next = (tags: string[]) => (tags.length ? tags : null);
  return (
    <Select<string[]>
      {...(id ? { id } : {})}
      mode="tags"
      open={false}
      suffixIcon={null}
      style={{ width: "100%" }}
      value={list(value)}
      tokenSeparators={SEPARATORS}
      variant={bare ? "borderless" : "outlined"}
      status={invalid ? "error" : ""}
      autoFocus={autoFocus ?? false}
      placeholder={t("value.tagsPlaceholder")}
      aria-label={label}
      aria-describedby={describedBy}
      onChange={(tags) => onChange(next(tags))}
      onBlur={() => onCommit?.(next(list(value)))}
      onKeyDown={(event) => {
        if (event.key === "Escape" && onCancel) {
          event.stopPropagation();
          onCancel();
        }
      }}
    />
  );
}
const Filter = ({ value, onChange, field, label }: FilterProps) => <Editor value={value} onChange={onChange} field={field} label={label} />;

export const tagsField: FieldUi = { icon: Tags, width: 170, Cell, Editor, Filter, text: (value) => list(value).join(", ") };
