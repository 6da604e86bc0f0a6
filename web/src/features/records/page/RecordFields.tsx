import { Button } from "antd";
import { lazy, Suspense } from "react";
import { useCatalog } from "@/api/catalog";
import type { Field, ObjectType, RecordData } from "@/api/types";
import { useRecalculating } from "@/features/base/recalculating";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { Bone } from "@/ui/State";
import { Faults } from "../form/Faults";
import formStyles from "../form/Form.module.css";
import { isLocked, isRequired, isShown, layoutOf, narrowed } from "../form/rules";
import { columnsOf, Section } from "../form/Section";
import { sectionsOf, useScopeOf } from "../form/useScope";
import { FieldRow } from "./FieldRow";
import styles from "./Record.module.css";
import { useRecordDraft } from "./useRecordDraft";

const SubTable = lazy(() => import("../subtable/SubTable").then((module) => ({ default: module.SubTable })));
const RecordButton = lazy(() => import("./RecordButton").then((module) => ({ default: module.RecordButton })));

/** Sub-tables of a record in the order of its layout, as far as they are shown now. */
export function useSubTables(type: ObjectType, record: RecordData): Field[] {
  const catalog = useCatalog();
  const { say } = useSpeech();
  const scopeOf = useScopeOf(type);
  return sectionsOf(catalog, type, scopeOf(record), say, new Set()).flatMap((section) => section.fields.filter((field) => field.type === "sub_table"));
}

export function SubTables({ type, record }: { type: ObjectType; record: RecordData }) {
  const fields = useSubTables(type, record);
  return <Suspense fallback={<Bone height={80} />}>{fields.map((field) => <SubTable key={field.id} type={type} record={record} field={field} />)}</Suspense>;
}

interface Props {
  type: ObjectType;
  record: RecordData;
  /** Where there is room, sub-tables stand beside and not among the fields. */
  subTablesBeside?: boolean;
  /** A field that was asked for elsewhere on the page, and how often. */
  asked?: Asked | null;
}
export interface Asked {
  field: string;
  times: number;
}

/** Key fields first, then the sections of the layout as they fit what is typed; a field is shown once. */
export function RecordFields({ type, record, subTablesBeside = false, asked = null }: Props) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const scopeOf = useScopeOf(type);
  const draft = useRecordDraft(type, record);
  const recalculating = useRecalculating(type);
  const layout = layoutOf(type, draft.values);
  const scope = scopeOf(draft.values);
  const stored = scopeOf(record);
  // The path above shows its field already.
  const path = layout.path ? catalog.field(type.api_name, layout.path) : undefined;
  const above = path && path.access !== "masked" ? [path.api_name] : [];
  // The name leads where no section has a place for it.
  const lead = layout.sections.some((section) => section.fields.includes(type.title_field)) ? [] : [type.title_field];
  const highlights = [...new Set([...lead, ...layout.highlights])].flatMap((name) => catalog.field(type.api_name, name) ?? []).filter((field) => !above.includes(field.api_name) && !fieldUi(field).virtual);
  const sections = sectionsOf(catalog, type, scope, say, new Set([...above, ...highlights.map((field) => field.api_name)]));
  const buttons = sections.flatMap((section) => section.fields.filter((field) => field.type === "button"));
  const row = (field: Field) => <FieldRow key={field.id} type={type} record={record} field={narrowed(field, draft.values)} draft={draft} required={isRequired(field, scope)} locked={isLocked(field, stored) || isLocked(field, scope)} recalculating={recalculating.has(field.api_name)} asked={asked?.field === field.api_name ? asked.times : 0} />;
  const table = (field: Field) => <Suspense key={field.id} fallback={<Bone height={80} />}><SubTable type={type} record={record} field={field} /></Suspense>;
  const tables = (fields: Field[]) => fields.filter((field) => field.type === "sub_table");
  const plain = (fields: Field[]) => fields.filter((field) => !fieldUi(field).virtual);
  const inPlace = (field: Field) => field.type !== "button" && !(subTablesBeside && field.type === "sub_table");
  const waiting = Object.keys(draft.pending).flatMap((name) => catalog.field(type.api_name, name) ?? []);
  return (
    <div className={formStyles["form"]}>
      {buttons.length > 0 && <div className={formStyles["buttons"]}><Suspense fallback={null}>{buttons.map((field) => <RecordButton key={field.id} type={type} record={record} field={field} />)}</Suspense></div>}
      <Faults messages={draft.errors.record} />
      {waiting.length > 0 && (
        <div className={formStyles["note"]} role="group" aria-label={t("form.waiting")}>
          <span className={formStyles["noteText"]}>{t("form.notSaved", { fields: waiting.map((field) => say(field.label)).join(t("list.comma")) })}</span>
          <Button size="small" onClick={draft.discard}>{t("list.resetView")}</Button>
          <Button size="small" type="primary" onClick={draft.retry}>{t("action.save")}</Button>
        </div>
      )}
      <dl>{highlights.filter((field) => isShown(field, scope)).map(row)}</dl>
      {sections.map((section) => ({ ...section, fields: section.fields.filter(inPlace) })).filter((section) => section.fields.length > 0).map((section) => (
        <Section key={section.key} section={section} faulty={section.fields.some((field) => field.api_name in draft.errors.fields || field.api_name === asked?.field)}>
          {plain(section.fields).length > 0 && <dl className={columnsOf(section)}>{plain(section.fields).map(row)}</dl>}
          {tables(section.fields).map(table)}
        </Section>
      ))}
    </div>
  );
}

export const FieldsSkeleton = () => (
  <div aria-busy>
    {Array.from({ length: 8 }, (_, row) => (
      <div key={row} className={styles["field"]}><Bone width={70} /><Bone width={`${50 + ((row * 17) % 40)}%`} /></div>
    ))}
  </div>
);
