import { useSpeech } from "@/messages";
import type { ConfigProps } from "../contract";
import { SwitchRow, TextRow } from "../parts/ConfigRows";

export default function AutonumberConfig({ config, onChange, errors }: ConfigProps) {
  const { t } = useSpeech();
  return (
    <>
      <TextRow label={t("fields.pattern")} value={config.pattern ?? ""} error={errors["pattern"]} help={t("config.numberPatternHelp")} onChange={(pattern) => onChange({ ...config, pattern: pattern ?? "" })} />
      <SwitchRow label={t("config.gapFree")} value={config.gap_free ?? true} help={t("config.gapFreeHelp")} onChange={(gap_free) => onChange({ ...config, gap_free })} />
    </>
  );
}
