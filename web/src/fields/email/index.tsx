import { Mail } from "lucide-react";
import type { CellProps, EditorProps, FieldUi } from "../contract";
import { TextFilter, TextInput } from "../parts/TextInput";
import { plainText } from "../text";

const Cell = ({ value, linked }: CellProps) => (linked && value ? <a href={`mailto:${String(value)}`}>{String(value)}</a> : <>{plainText(value)}</>);
const Editor = (props: EditorProps) => <TextInput {...props} type="email" inputMode="email" />;

export const emailField: FieldUi = { icon: Mail, width: 190, Cell, Editor, Filter: TextFilter, text: plainText };
