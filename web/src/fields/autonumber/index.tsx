import { Binary } from "lucide-react";
import type { FieldUi } from "../contract";
import { TextFilter, TextInput } from "../parts/TextInput";
import { plainText } from "../text";
import { lazyConfig } from "../parts/configForm";

/** Numbers are given by the server; the editor only exists because a registry entry needs one. */
export const autonumberField: FieldUi = { icon: Binary, width: 130, Cell: ({ value }) => <>{plainText(value)}</>, Editor: TextInput, Filter: TextFilter, text: plainText, ConfigForm: lazyConfig(() => import("./Config")), startConfig: { pattern: "{YYYY}-{0000}" } };
