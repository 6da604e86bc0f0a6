import { Input } from "antd";
import type { HTMLInputTypeAttribute } from "react";
import { useSpeech } from "@/messages";
import type { EditorProps, FilterProps } from "../contract";

interface Extra {
  type?: HTMLInputTypeAttribute;
  inputMode?: "text" | "decimal" | "tel" | "email" | "url";
  suffix?: string | undefined;
  maxLength?: number | undefined;
  placeholder?: string | undefined;
}

const asText = (value: unknown) => (value === null || value === undefined ? "" : String(value));

/** One line of typed text; an emptied input is the empty value, not an empty string. */
export function TextInput({ value, onChange, onCommit, onCancel, id, describedBy, invalid, autoFocus, label, bare, type, inputMode, suffix, maxLength, placeholder, field }: EditorProps & Extra) {
  const { say } = useSpeech();
  const next = (text: string) => (text === "" ? null : text);
  return (
    <Input
      id={id ?? ""}
      value={asText(value)}
      type={type ?? "text"}
      inputMode={inputMode ?? "text"}
      variant={bare ? "borderless" : "outlined"}
      aria-label={label}
      aria-describedby={describedBy}
      aria-invalid={invalid}
      status={invalid ? "error" : ""}
      autoFocus={autoFocus ?? false}
      autoComplete="off"
      maxLength={maxLength}
      placeholder={placeholder ?? say(field.placeholder)}
      suffix={suffix}
      onChange={(event) => onChange(next(event.target.value))}
      onBlur={(event) => onCommit?.(next(event.target.value))}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        if (event.key === "Enter" && onCommit) onCommit(next(event.currentTarget.value));
        if (event.key === "Escape" && onCancel) {
          event.preventDefault();
          event.stopPropagation();
          onCancel();
        }
      }}
    />
  );
}

/** The filter twin: one text, or several separated by commas. */
export function TextFilter({ value, onChange, many, label, inputMode }: FilterProps & Extra) {
  const shown = Array.isArray(value) ? value.join(", ") : asText(value);
  const parse = (text: string) => (many ? text.split(/[,\uff0c\u3001\n]\s*/).filter(Boolean) : text);
  return many ? (
    <Input key="many" defaultValue={shown} aria-label={label} onChange={(event) => onChange(parse(event.target.value))} />
  ) : (
    <Input value={shown} inputMode={inputMode ?? "text"} aria-label={label} onChange={(event) => onChange(parse(event.target.value))} />
  );
}
