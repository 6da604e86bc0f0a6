import { useSpeech } from "@/messages";
import type { ConfigProps } from "../contract";
import { LocalizedRows, PickRow, TextRow, WholeRow } from "../parts/ConfigRows";

const NONE = "none";

export default function TextConfig({ config, onChange, errors }: ConfigProps) {
  const { t } = useSpeech();
  const forms = [{ value: NONE, text: t("config.formatNone") }, { value: "cn_credit_code", text: t("config.creditCode") }];
  return (
    <>
      <WholeRow label={t("config.maxLength")} value={config.max_length ?? 255} error={errors["max_length"]} onChange={(max_length) => onChange({ ...config, max_length: max_length ?? 255 })} />
      <PickRow label={t("config.format")} value={config.format ?? NONE} options={forms} error={errors["format"]} onChange={(format) => onChange({ ...config, format: format === NONE ? null : format })} />
      <TextRow label={t("config.pattern")} help={t("config.patternHelp")} value={config.pattern ?? null} error={errors["pattern"]} onChange={(pattern) => onChange({ ...config, pattern })} />
      {config.pattern && <LocalizedRows zh={t("config.patternMessageZh")} en={t("config.patternMessageEn")} value={config.pattern_message ?? null} onChange={(pattern_message) => onChange({ ...config, pattern_message })} />}
    </>
  );
}
