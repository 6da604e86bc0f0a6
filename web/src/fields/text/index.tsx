import { Type } from "lucide-react";
import type { EditorProps, FieldUi } from "../contract";
import { TextFilter, TextInput } from "../parts/TextInput";
import { lazyConfig } from "../parts/configForm";

export const plainText = (value: unknown) => (value === null || value === undefined ? "" : String(value));

const Editor = (props: EditorProps) => <TextInput {...props} maxLength={props.field.config.max_length ?? undefined} />;

export const textField: FieldUi = {
  icon: Type,
  width: 180,
  Cell: ({ value }) => <>{plainText(value)}</>,
  Editor,
  Filter: TextFilter,
  text: plainText,
  ConfigForm: lazyConfig(() => import("./Config")),
};
