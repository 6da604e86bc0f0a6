import { useCatalog } from "@/api/catalog";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import type { ConfigProps } from "../contract";
import { TextRow } from "../parts/ConfigRows";
import { Choose } from "../parts/Choose";

/** Where a relation leads, which is fixed once it stands, and what its list is called over there. */
export default function RelationConfig({ config, onChange, errors, existing }: ConfigProps) {
  const catalog = useCatalog();
  const { t, say, language } = useSpeech();
  const options = catalog.data.objects.map((type) => ({ value: type.api_name, text: say(type.label) }));
  const shown = existing ? options.filter((option) => option.value === config.target) : options;
  return (
    <>
      <FormRow label={t("fields.target")} required error={errors["target"]}>
        {({ id }) => <Choose id={id} value={config.target ?? null} clearable={false} options={shown} onPick={(target) => onChange({ ...config, target: target as string })} />}
      </FormRow>
      <TextRow label={t("fields.inverse")} value={config.inverse_label?.[language] ?? null} error={errors["inverse_label"]} onChange={(text) => onChange({ ...config, inverse_label: { ...config.inverse_label, [language]: text ?? "" } })} />
    </>
  );
}
