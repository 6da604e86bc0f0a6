import { ListChecks } from "lucide-react";
import { useSpeech } from "@/messages";
import type { CellProps, EditorProps, FieldUi } from "../contract";
import { Choose } from "../parts/Choose";
import { ChoiceFilter, ChoiceTag, choiceText, useChoiceOptions } from "../single_choice/choices";
import { finishChoices } from "../single_choice/config";
import { lazyConfig } from "../parts/configForm";

const list = (value: unknown): string[] => (Array.isArray(value) ? (value as string[]) : value ? [String(value)] : []);

const Cell = ({ value, field, linked }: CellProps) => (
  <span style={{ display: "inline-flex", gap: 4, flexWrap: linked ? "wrap" : "nowrap", overflow: "hidden", maxWidth: "100%" }}>
    {list(value).map((key) => <ChoiceTag key={key} field={field} value={key} />)}
  </span>
);

function Editor({ value, field, onChange, onCommit, onCancel, ...rest }: EditorProps) {
  const { say } = useSpeech();
  const options = useChoiceOptions(field, value);
  return <Choose {...rest} {...(field.placeholder ? { placeholder: say(field.placeholder) } : {})} many value={list(value)} options={options} onCancel={onCancel} onPick={(next) => onChange(list(next).length ? next : null)} onLeave={() => onCommit?.(list(value).length ? value : null)} />;
}

export const multipleChoiceField: FieldUi = {
  icon: ListChecks, width: 170, Cell, Editor, Filter: ChoiceFilter,
  text: (value, field, speech) => list(value).map((key) => choiceText(field, key, speech)).join(speech.t("list.comma")),
  ConfigForm: lazyConfig(() => import("../single_choice/Config")), finishConfig: finishChoices, neededConfig: ["choices"],
};
