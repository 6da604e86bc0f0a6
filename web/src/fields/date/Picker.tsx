import { DatePicker } from "antd";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import type { EditorProps } from "../contract";

interface Props extends EditorProps {
  withTime?: boolean;
}

/** Loaded only when a date is first edited; the calendar is the heaviest of all editors. */
export default function Picker({ value, onChange, onCommit, onCancel, id, describedBy, invalid, autoFocus, label, bare, withTime }: Props) {
  const day = typeof value === "string" && value ? dayjs(value) : null;
  const shape = (next: dayjs.Dayjs | null) => (next ? (withTime ? next.toDate().toISOString() : next.format("YYYY-MM-DD")) : null);
  return (
    <DatePicker
      {...(id ? { id } : {})}
      style={{ width: "100%" }}
      value={day}
      showTime={withTime ? { format: "HH:mm" } : false}
      format={withTime ? "YYYY-MM-DD HH:mm" : "YYYY-MM-DD"}
      variant={bare ? "borderless" : "outlined"}
      status={invalid ? "error" : ""}
      autoFocus={autoFocus ?? false}
      defaultOpen={Boolean(autoFocus && bare)}
      aria-label={label}
      aria-describedby={describedBy}
      onChange={(next) => {
        const chosen = shape(Array.isArray(next) ? (next[0] ?? null) : next);
        onChange(chosen);
        onCommit?.(chosen);
      }}
      onOpenChange={(open) => {
        if (!open) onCancel?.();
      }}
    />
  );
}
