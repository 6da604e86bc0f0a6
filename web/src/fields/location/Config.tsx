import { useSpeech } from "@/messages";
import type { ConfigProps } from "../contract";
import { PickRow } from "../parts/ConfigRows";

const MAPS = ["amap", "baidu", "tencent", "openstreetmap", "google", "none"] as const;

export default function LocationConfig({ config, onChange, errors }: ConfigProps) {
  const { t } = useSpeech();
  return <PickRow label={t("config.map")} value={config.map ?? "amap"} options={MAPS.map((value) => ({ value, text: t(`config.map.${value}`) }))} error={errors["map"]} onChange={(map) => onChange({ ...config, map: map ?? "none" })} />;
}
