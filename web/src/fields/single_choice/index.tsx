import { CircleDot } from "lucide-react";
import { useSpeech } from "@/messages";
import type { CellProps, EditorProps, FieldUi } from "../contract";
import { Choose } from "../parts/Choose";
import { ChoiceFilter, ChoiceTag, choiceText, useChoiceOptions } from "./choices";
import { finishChoices } from "./config";
import { lazyConfig } from "../parts/configForm";

const Cell = ({ value, field }: CellProps) => <ChoiceTag field={field} value={value} />;

function Editor({ value, field, onChange, onCommit, onCancel, ...rest }: EditorProps) {
  const { say } = useSpeech();
  const options = useChoiceOptions(field, value);
  return (
    <Choose
      {...rest}
      {...(field.placeholder ? { placeholder: say(field.placeholder) } : {})}
      value={(value as string | null) ?? null}
      options={options}
      clearable={!field.required}
      onCancel={onCancel}
      onPick={(next) => {
        onChange(next);
        onCommit?.(next);
      }}
      onLeave={() => onCancel?.()}
    />
  );
}

export const singleChoiceField: FieldUi = {
  icon: CircleDot, width: 130, Cell, Editor, Filter: ChoiceFilter, text: (value, field, speech) => choiceText(field, value, speech),
  ConfigForm: lazyConfig(() => import("./Config")), finishConfig: finishChoices, neededConfig: ["choices"],
};
