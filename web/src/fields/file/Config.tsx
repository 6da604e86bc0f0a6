import { useSpeech } from "@/messages";
import type { ConfigProps } from "../contract";
import { TextRow, WholeRow } from "../parts/ConfigRows";

/** How many, how large, and (of files that may be anything) which endings. */
export default function FileConfig({ config, onChange, errors }: ConfigProps) {
  const { t } = useSpeech();
  const endings = (text: string | null) => (text ?? "").split(/[\s,;\uff0c\u3001]+/).map((each) => each.replace(/^\./, "").toLowerCase()).filter(Boolean);
  return (
    <>
      <WholeRow label={t("file.most")} value={config.most ?? null} error={errors["most"]} onChange={(most) => onChange({ ...config, ...(most === null ? {} : { most }) })} />
      <WholeRow label={t("file.maxMb")} value={config.max_mb ?? null} error={errors["max_mb"]} onChange={(max) => onChange({ ...config, ...(max === null ? {} : { max_mb: max }) })} />
      <TextRow label={t("file.accept")} help={t("file.acceptHint")} value={config.accept?.join(", ") ?? ""} error={errors["accept"]} onChange={(text) => onChange({ ...config, accept: endings(text) })} />
    </>
  );
}
