import type { Choice, FieldConfig } from "@/api/types";
import { codeFrom } from "@/ui/codes";

/** Choices typed one per line, each in the next colour. */
export function choicesFrom(lines: string, colours: readonly string[], from = 0): Choice[] {
  return lines.split("\n").map((line) => line.trim()).filter(Boolean)
    .map((line, index) => ({ key: "", label: { "zh-CN": line, en: line }, color: colours[(from + index + 1) % colours.length] ?? "gray" }));
}

/** Blank rows go; a key, which stays when the label changes later, is made from the label where there is none yet. */
export function finishChoices(config: FieldConfig): FieldConfig {
  const keys = (config.choices ?? []).map((choice) => choice.key).filter(Boolean);
  const choices = (config.choices ?? [])
    .map((choice) => ({ ...choice, label: Object.fromEntries(Object.entries(choice.label).filter(([, text]) => text?.trim())) }))
    .filter((choice) => Object.keys(choice.label).length > 0)
    .map((choice) => {
      if (choice.key) return choice;
      const key = codeFrom(choice.label["en"] ?? choice.label["zh-CN"] ?? "", keys, "choice");
      keys.push(key);
      return { ...choice, key };
    });
  return { ...config, choices };
}
