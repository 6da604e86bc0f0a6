import { EyeOff } from "lucide-react";
import { useSpeech } from "@/messages";
import type { CellProps, FieldUi } from "../contract";
import { TextFilter } from "../parts/TextInput";

const text = (value: unknown) => (value === null || value === undefined ? "" : String(value));

/** What a role lets see in part comes as plain text, whatever the field's type; it is shown as it came and never parsed. */
function Cell({ value }: CellProps) {
  const { t } = useSpeech();
  return <span title={t("masked.title")}>{text(value)}</span>;
}

export const maskedField: FieldUi = { icon: EyeOff, width: 140, Cell, Editor: Cell, Filter: TextFilter, text };
