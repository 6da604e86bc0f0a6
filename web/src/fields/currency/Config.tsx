import { useSpeech } from "@/messages";
import type { ConfigProps } from "../contract";
import { TextRow, WholeRow } from "../parts/ConfigRows";

export default function CurrencyConfig({ config, onChange, errors }: ConfigProps) {
  const { t } = useSpeech();
  return (
    <>
      <TextRow label={t("config.currency")} help={t("config.currencyHelp")} value={config.currency ?? null} error={errors["currency"]} onChange={(currency) => onChange({ ...config, currency: currency?.toUpperCase() ?? null })} />
      <WholeRow label={t("fields.scale")} value={config.scale ?? 2} error={errors["scale"]} onChange={(scale) => onChange({ ...config, scale: scale ?? 0 })} />
    </>
  );
}
