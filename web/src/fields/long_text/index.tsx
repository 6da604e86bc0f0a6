import { Input } from "antd";
import { AlignLeft } from "lucide-react";
import { useSpeech } from "@/messages";
import type { CellProps, EditorProps, FieldUi } from "../contract";
import { TextFilter } from "../parts/TextInput";
import { plainText } from "../text";
import { lazyConfig } from "../parts/configForm";

function Editor({ value, onChange, onCommit, onCancel, id, describedBy, invalid, autoFocus, label, field }: EditorProps) {
  const { say } = useSpeech();
  return (
    <Input.TextArea
      {...(id ? { id } : {})}
      value={plainText(value)}
      autoSize={{ minRows: 3, maxRows: 12 }}
      autoFocus={autoFocus ?? false}
      status={invalid ? "error" : ""}
      placeholder={say(field.placeholder)}
      aria-label={label}
      aria-describedby={describedBy}
      onChange={(event) => onChange(event.target.value || null)}
      onBlur={(event) => onCommit?.(event.target.value || null)}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onCommit?.(event.currentTarget.value || null);
        if (event.key === "Escape" && onCancel) {
          event.stopPropagation();
          onCancel();
        }
      }}
    />
  );
}

const Cell = ({ value, linked }: CellProps) => <span style={linked ? { whiteSpace: "pre-wrap", overflowWrap: "anywhere" } : undefined}>{plainText(value)}</span>;

export const longTextField: FieldUi = { icon: AlignLeft, width: 260, Cell, Editor, Filter: TextFilter, text: plainText, multiline: true, ConfigForm: lazyConfig(() => import("./Config")) };
