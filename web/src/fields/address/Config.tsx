import { useSpeech } from "@/messages";
import type { ConfigProps } from "../contract";
import { PickRow } from "../parts/ConfigRows";

export default function AddressConfig({ config, onChange, errors }: ConfigProps) {
  const { t } = useSpeech();
  const options = (["china", "international"] as const).map((value) => ({ value, text: t(`config.scope.${value}`) }));
  return <PickRow label={t("config.scope")} value={config.scope ?? "china"} options={options} error={errors["scope"]} onChange={(scope) => onChange({ ...config, scope: scope ?? "china" })} />;
}
