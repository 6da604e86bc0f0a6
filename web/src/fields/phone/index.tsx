import { Phone } from "lucide-react";
import type { CellProps, EditorProps, FieldUi } from "../contract";
import { TextFilter, TextInput } from "../parts/TextInput";
import { lazyConfig } from "../parts/configForm";

/** E.164 for reading: Chinese mobiles as 138 1234 5678, others grouped after the country code. */
export function readablePhone(value: unknown): string {
  if (typeof value !== "string") return "";
  const mobile = /^\+86(1\d{2})(\d{4})(\d{4})$/.exec(value);
  if (mobile) return `${mobile[1]} ${mobile[2]} ${mobile[3]}`;
  const american = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(value);
  return american ? `+1 ${american[1]} ${american[2]} ${american[3]}` : value;
}

const Cell = ({ value, linked }: CellProps) => (linked && value ? <a href={`tel:${String(value)}`}>{readablePhone(value)}</a> : <>{readablePhone(value)}</>);
const Editor = (props: EditorProps) => <TextInput {...props} type="tel" inputMode="tel" />;

export const phoneField: FieldUi = { icon: Phone, width: 140, Cell, Editor, Filter: TextFilter, text: readablePhone, ConfigForm: lazyConfig(() => import("./Config")) };
