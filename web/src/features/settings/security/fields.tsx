import { Checkbox, Input, InputNumber } from "antd";
import { FormRow } from "@/ui/FormRow";

interface Common<T> {
  label: string;
  value: T;
  onChange: (value: T) => void;
  help?: string | undefined;
  error?: string | undefined;
}

/** The few shapes of fields these settings have. */
export function TextField({ label, value, onChange, help, error, secret }: Common<string> & { secret?: boolean }) {
  const Kind = secret ? Input.Password : Input;
  return <FormRow label={label} help={help} error={error}>{({ id, describedBy }) => <Kind id={id} autoComplete={secret ? "new-password" : "off"} aria-describedby={describedBy} value={value} onChange={(event) => onChange(event.target.value)} />}</FormRow>;
}

export function NumberField({ label, value, onChange, help, error, min, max }: Common<number | null> & { min: number; max: number }) {
  return <FormRow label={label} help={help} error={error}>{({ id, describedBy }) => <InputNumber id={id} min={min} max={max} precision={0} aria-describedby={describedBy} value={value} onChange={onChange} />}</FormRow>;
}

export function SwitchField({ label, value, onChange, help }: Common<boolean>) {
  return <FormRow label="" help={help}>{({ id, describedBy }) => <Checkbox id={id} aria-describedby={describedBy} checked={value} onChange={(event) => onChange(event.target.checked)}>{label}</Checkbox>}</FormRow>;
}
