import { useSpeech } from "@/messages";
import type { ConfigProps } from "../contract";
import { PickRow } from "../parts/ConfigRows";

const LEAST = 3;
const options = Array.from({ length: 8 }, (_, index) => String(index + LEAST)).map((value) => ({ value, text: value }));

export default function RatingConfig({ config, onChange, errors }: ConfigProps) {
  const { t } = useSpeech();
  return <PickRow label={t("config.most")} value={String(config.most ?? 5)} options={options} error={errors["most"]} onChange={(most) => onChange({ ...config, most: Number(most) })} />;
}
