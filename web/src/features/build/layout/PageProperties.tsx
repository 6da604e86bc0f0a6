import { useCatalog } from "@/api/catalog";
import { Choose } from "@/fields/parts/Choose";
import { PickRow } from "@/fields/parts/ConfigRows";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import type { Designed, Layout } from "../model";
import styles from "./Layout.module.css";

const list = (value: string | string[] | null): string[] => (Array.isArray(value) ? value : []);

/** What stands at the head of the page and beside it. */
export function PageProperties({ type, layout, onChange }: { type: Designed; layout: Layout; onChange: (layout: Layout) => void }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const own = type.fields.filter((field) => !["button", "sub_table", "identifier", "row_version"].includes(field.type));
  const options = own.map((field) => ({ value: field.api_name, text: say(field.label) }));
  const stages = own.filter((field) => field.type === "single_choice" && !field.system).map((field) => ({ value: field.api_name, text: say(field.label) }));
  const related = catalog.data.objects.flatMap((child) =>
    child.fields
      .filter((field) => !field.system && catalog.reached(field) === type.api_name && ["relation", "user", "department"].includes(field.type))
      .map((field) => ({ value: `${child.api_name}.${field.api_name}`, text: `${say(child.label_plural)} \u00b7 ${say(field.label)}` })));
  const relatedOf = (path: string) => {
    const [object = "", field = ""] = path.split(".");
    return { object, field };
  };
  return (
    <>
      <header className={styles["propertiesHead"]}><h3>{t("layout.page")}</h3></header>
      <FormRow label={t("layout.highlights")} help={t("layout.highlightsHelp")}>{({ id, describedBy }) => <Choose id={id} describedBy={describedBy} many value={layout.highlights} options={options} onPick={(next) => onChange({ ...layout, highlights: list(next) })} />}</FormRow>
      <PickRow label={t("layout.path")} help={t("layout.pathHelp")} clearable value={layout.path} options={stages} onChange={(path) => onChange({ ...layout, path })} />
      <FormRow label={t("layout.related")} help={t("layout.relatedHelp")}>{({ id, describedBy }) => <Choose id={id} describedBy={describedBy} many value={layout.related.map((each) => `${each.object}.${each.field}`)} options={related} onPick={(next) => onChange({ ...layout, related: list(next).map(relatedOf) })} />}</FormRow>
      <p className={styles["hint"]}>{t("layout.sectionHint")}</p>
    </>
  );
}
