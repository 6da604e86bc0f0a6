import { useCatalog } from "@/api/catalog";
import type { Choice } from "@/api/types";
import { useSpeech } from "@/messages";
import type { ConfigProps } from "../contract";
import { Choose } from "../parts/Choose";
import { PickRow } from "../parts/ConfigRows";
import { useDesignPlace } from "../parts/design";
import styles from "./Choices.module.css";

/** The choices of the field that others depend on. */
export function useControlling(name: string | null | undefined): Choice[] | null {
  const catalog = useCatalog();
  const place = useDesignPlace();
  if (!name || !place) return null;
  return catalog.field(place.object, name)?.config.choices?.filter((choice) => !choice.archived) ?? null;
}

/** Under which values of the controlling field a choice is offered; none chosen: always. */
export function When({ choice, leading, onChange }: { choice: Choice; leading: Choice[]; onChange: (choice: Choice) => void }) {
  const { t, say } = useSpeech();
  const name = say(choice.label) || choice.key;
  return (
    <span className={styles["when"]}>
      <Choose many label={t("config.whenOf", { name })} placeholder={t("config.whenAlways")} value={choice.when ?? []} options={leading.map((each) => ({ value: each.key, text: say(each.label) || each.key }))} onPick={(when) => onChange({ ...choice, when: Array.isArray(when) ? when : [] })} />
    </span>
  );
}

/** Which field the choices follow, if any. */
export function DependsOn({ config, onChange, error }: Pick<ConfigProps, "config" | "onChange"> & { error: string | undefined }) {
  const catalog = useCatalog();
  const place = useDesignPlace();
  const { t, say } = useSpeech();
  const own = config.choices ?? [];
  // A field is told from itself by its choices: the form does not know whose it is.
  const fields = (catalog.object(place?.object ?? "")?.fields ?? []).filter((field) => field.type === "single_choice" && !(own.length > 0 && field.config.choices?.length === own.length && field.config.choices.every((each, index) => each.key === own[index]?.key)));
  if (!place || (fields.length === 0 && !config.depends_on)) return null;
  const pick = (depends_on: string | null) => onChange({ ...config, depends_on, ...(depends_on ? {} : { choices: own.map((choice) => ({ ...choice, when: [] })) }) });
  return <div className={styles["depends"]}><PickRow label={t("config.dependsOn")} help={config.depends_on ? t("config.dependsHelp") : undefined} clearable value={config.depends_on ?? null} options={fields.map((field) => ({ value: field.api_name, text: say(field.label) }))} error={error} onChange={pick} /></div>;
}
