import { useSpeech } from "@/messages";
import type { ConfigProps } from "../contract";
import { WholeRow } from "../parts/ConfigRows";

export default function RichTextConfig({ config, onChange, errors }: ConfigProps) {
  const { t } = useSpeech();
  return <WholeRow label={t("config.maxLength")} value={config.max_length ?? 64_000} error={errors["max_length"]} onChange={(max_length) => onChange({ ...config, max_length: max_length ?? 64_000 })} />;
}
