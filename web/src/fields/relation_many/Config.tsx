import { useCatalog } from "@/api/catalog";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import type { ConfigProps } from "../contract";
import { Choose } from "../parts/Choose";

/** Where the list leads, which is fixed once it stands. */
export default function RelationManyConfig({ config, onChange, errors, existing }: ConfigProps) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const options = catalog.data.objects.filter((type) => !existing || type.api_name === config.target).map((type) => ({ value: type.api_name, text: say(type.label) }));
  return (
    <FormRow label={t("fields.target")} required error={errors["target"]}>
      {({ id }) => <Choose id={id} value={config.target ?? null} clearable={false} options={options} onPick={(target) => onChange({ ...config, target: target as string })} />}
    </FormRow>
  );
}
