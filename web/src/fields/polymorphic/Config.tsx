import { useCatalog } from "@/api/catalog";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import type { ConfigProps } from "../contract";
import { Choose } from "../parts/Choose";

export default function PolymorphicConfig({ config, onChange, errors }: ConfigProps) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  return (
    <FormRow label={t("config.targets")} required error={errors["targets"]}>
      {({ id }) => <Choose id={id} many value={config.targets ?? []} options={catalog.data.objects.map((type) => ({ value: type.api_name, text: say(type.label) }))} onPick={(targets) => onChange({ ...config, targets: Array.isArray(targets) ? targets : [] })} />}
    </FormRow>
  );
}
