import { useSpeech } from "@/messages";
import type { ConfigProps } from "../contract";
import { SwitchRow, TextRow, WholeRow } from "../parts/ConfigRows";

/** For numbers and percentages. */
export default function NumberConfig({ config, onChange, errors }: ConfigProps) {
  const { t } = useSpeech();
  return (
    <>
      <WholeRow label={t("fields.scale")} value={config.scale ?? null} help={t("config.scaleHelp")} error={errors["scale"]} onChange={(scale) => onChange({ ...config, scale })} />
      <TextRow label={t("config.min")} numeric value={config.min === undefined || config.min === null ? null : String(config.min)} error={errors["min"]} onChange={(min) => onChange({ ...config, min })} />
      <TextRow label={t("config.max")} numeric value={config.max === undefined || config.max === null ? null : String(config.max)} error={errors["max"]} onChange={(max) => onChange({ ...config, max })} />
      <SwitchRow label={t("config.grouping")} value={config.grouping ?? true} onChange={(grouping) => onChange({ ...config, grouping })} />
    </>
  );
}
