import { useSpeech } from "@/messages";
import type { ConfigProps } from "../contract";
import { TextRow } from "../parts/ConfigRows";

export default function PhoneConfig({ config, onChange, errors }: ConfigProps) {
  const { t } = useSpeech();
  return <TextRow label={t("config.region")} value={config.region ?? "CN"} error={errors["region"]} onChange={(region) => onChange({ ...config, region: region?.toUpperCase() ?? "" })} />;
}
