import { Input } from "antd";
import { Braces } from "lucide-react";
import { useState } from "react";
import type { CellProps, EditorProps, FieldUi } from "../contract";
import { TextFilter } from "../parts/TextInput";

const text = (value: unknown) => (value === null || value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value));
const pretty = (value: unknown) => (typeof value === "object" && value !== null ? JSON.stringify(value, null, 2) : text(value));

const Cell = ({ value, linked }: CellProps) => (
  <code style={{ fontFamily: "var(--mono)", fontSize: 12, ...(linked ? { whiteSpace: "pre-wrap", overflowWrap: "anywhere" } : {}) }}>{linked ? pretty(value) : text(value)}</code>
);

/** The document's text is sent as typed; the server says what is wrong with it. */
function Editor({ value, onChange, onCommit, onCancel, id, describedBy, invalid, autoFocus, label }: EditorProps) {
  const [typed, setTyped] = useState(() => pretty(value));
  const written = (next: string) => (next.trim() === "" ? null : next);
  return (
    <Input.TextArea
      {...(id ? { id } : {})}
      value={typed}
      autoSize={{ minRows: 3, maxRows: 16 }}
      style={{ fontFamily: "var(--mono)", fontSize: 12 }}
      spellCheck={false}
      autoFocus={autoFocus ?? false}
      status={invalid ? "error" : ""}
      aria-label={label}
      aria-describedby={describedBy}
      onChange={(event) => {
        setTyped(event.target.value);
        onChange(written(event.target.value));
      }}
      onBlur={(event) => onCommit?.(written(event.target.value))}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onCommit?.(written(event.currentTarget.value));
        if (event.key === "Escape" && onCancel) {
          event.stopPropagation();
          onCancel();
        }
      }}
    />
  );
}

export const jsonField: FieldUi = { icon: Braces, width: 200, Cell, Editor, Filter: TextFilter, text, multiline: true };
