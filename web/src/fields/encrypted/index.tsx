import { Button } from "antd";
import { LockKeyhole } from "lucide-react";
import { useState } from "react";
import { useSpeech } from "@/messages";
import { isEmptyValue, type EditorProps, type FieldUi } from "../contract";
import { lazyConfig } from "../parts/configForm";
import { TextFilter, TextInput } from "../parts/TextInput";

const MASK = "***";
const text = (value: unknown) => (isEmptyValue(value) ? "" : MASK);

/** What is stored never comes here, so a new value begins empty; leaving it empty keeps what was. */
function Editor({ value, onChange, onCommit, onCancel, ...rest }: EditorProps) {
  const { t } = useSpeech();
  const [typed, setTyped] = useState<unknown>(value === MASK ? null : value);
  const end = (next: unknown) => (isEmptyValue(next) ? onCancel?.() : onCommit?.(next));
  const change = (next: unknown) => {
    setTyped(next);
    onChange(isEmptyValue(next) ? value : next);
  };
  return (
    <span style={{ display: "flex", gap: 6 }}>
      <TextInput {...rest} value={typed} placeholder={t("value.encryptedNew")} onChange={change} onCommit={onCommit ? end : undefined} {...(onCancel ? { onCancel } : {})} />
      {onCommit && value === MASK && !rest.field.required && (
        <Button onMouseDown={(event) => event.preventDefault()} onClick={() => onCommit(null)}>{t("action.clear")}</Button>
      )}
    </span>
  );
}

/** Always covered; who may see it in plain asks for it with a reason. */
export const encryptedField: FieldUi = { icon: LockKeyhole, width: 120, Cell: ({ value }) => <>{text(value)}</>, Editor, Filter: TextFilter, text, sealed: true, ConfigForm: lazyConfig(() => import("./Config")) };
