import { Globe } from "lucide-react";
import type { CellProps, EditorProps, FieldUi } from "../contract";
import { TextFilter, TextInput } from "../parts/TextInput";
import { plainText } from "../text";

/** Only web addresses become links; a stored `javascript:` must stay text. */
export const isWebAddress = (value: unknown): value is string => typeof value === "string" && /^https?:\/\//i.test(value);
export const readableUrl = (value: unknown) => plainText(value).replace(/^https?:\/\/(www\.)?/i, "").replace(/\/$/, "");

const Cell = ({ value, linked }: CellProps) =>
  linked && isWebAddress(value) ? <a href={value} target="_blank" rel="noreferrer noopener">{readableUrl(value)}</a> : <>{readableUrl(value)}</>;
const Editor = (props: EditorProps) => <TextInput {...props} type="url" inputMode="url" />;

export const urlField: FieldUi = { icon: Globe, width: 180, Cell, Editor, Filter: TextFilter, text: plainText };
