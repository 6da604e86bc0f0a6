import type { Choice, Field } from "@/api/types";
import { useSpeech, type Speech } from "@/messages";
import { Dot, Tag } from "@/ui/Tag";
import type { FilterProps } from "../contract";
import { Choose, type Option } from "../parts/Choose";

export const choiceOf = (field: Field, key: unknown): Choice | undefined => field.config.choices?.find((choice) => choice.key === key);

/** The label of a key; a key the catalog does not know (any more) is shown, not hidden. */
export function choiceText(field: Field, key: unknown, { t, say }: Speech): string {
  if (key === null || key === undefined || key === "") return "";
  const choice = choiceOf(field, key);
  return choice ? say(choice.label) || choice.key : t("value.unknownChoice", { key: String(key) });
}

export function ChoiceTag({ field, value }: { field: Field; value: unknown }) {
  const speech = useSpeech();
  const text = choiceText(field, value, speech);
  return text ? <Tag color={choiceOf(field, value)?.color}>{text}</Tag> : null;
}

/** Options still in use; an archived one only where it is the value already. */
export function useChoiceOptions(field: Field, kept: unknown): Option[] {
  const speech = useSpeech();
  const keep = Array.isArray(kept) ? kept : [kept];
  return (field.config.choices ?? [])
    .filter((choice) => !choice.archived || keep.includes(choice.key))
    .map((choice) => {
      const text = speech.say(choice.label) || choice.key;
      return { value: choice.key, text, node: <span style={{ display: "inline-flex", gap: 8, alignItems: "center" }}><Dot color={choice.color} />{text}</span> };
    });
}

export function ChoiceFilter({ value, onChange, field, many, label }: FilterProps) {
  const options = useChoiceOptions(field, value);
  return <Choose many={many} value={(value as string | string[] | undefined) ?? null} options={options} label={label} onPick={onChange} />;
}
