import { useSpeech } from "@/messages";
import type { ConfigProps } from "../contract";
import { WholeRow } from "../parts/ConfigRows";

export default function ImageConfig({ config, onChange, errors }: ConfigProps) {
  const { t } = useSpeech();
  return (
    <>
      <WholeRow label={t("file.most")} value={config.most ?? null} error={errors["most"]} onChange={(most) => onChange({ ...config, ...(most === null ? {} : { most }) })} />
      <WholeRow label={t("file.maxMb")} value={config.max_mb ?? null} error={errors["max_mb"]} onChange={(max) => onChange({ ...config, ...(max === null ? {} : { max_mb: max }) })} />
    </>
  );
}
