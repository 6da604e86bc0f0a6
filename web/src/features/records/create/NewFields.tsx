import { Lock } from "lucide-react";
import { lazy, Suspense } from "react";
import { useCatalog } from "@/api/catalog";
import type { Field, ObjectType } from "@/api/types";
import { isEmptyValue } from "@/fields/contract";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Bone } from "@/ui/State";
import formStyles from "../form/Form.module.css";
import { isLocked, isRequired, narrowed } from "../form/rules";
import { columnsOf, Section } from "../form/Section";
import { sectionsOf } from "../form/useScope";
import type { NewRecord } from "./useNewRecord";

const NewRows = lazy(() => import("../subtable/NewRows").then((module) => ({ default: module.NewRows })));

interface RowProps {
  field: Field;
  form: NewRecord;
  autoFocus?: boolean;
}

/** One field of a record being made, as the rules of the object want it under what is typed. */
export function NewField({ field, form, autoFocus = false }: RowProps) {
  const { t, say } = useSpeech();
  const { scope, values, errors } = form;
  const name = field.api_name;
  const required = isRequired(field, scope);
  const shown = narrowed({ ...field, required }, values);
  const { Editor, Cell } = fieldUi(field);
  const value = values[name] ?? null;
  return (
    <FormRow label={say(field.label)} required={required} help={say(field.help) || undefined} error={errors.fields[name]}>
      {({ id, describedBy, invalid }) =>
        isLocked(field, scope) ? (
          <span className={formStyles["locked"]}><Lock size={12} aria-label={t("form.locked")} />{isEmptyValue(value) ? "—" : <Cell value={value} field={shown} />}</span>
        ) : (
          <Editor id={id} describedBy={describedBy} invalid={invalid} autoFocus={autoFocus} field={shown} value={value} onChange={(next) => form.set(name, next)} />
        )
      }
    </FormRow>
  );
}

/** All that can be said of a new record, in the sections of its layout, with the rows of its sub-tables. */
export function AllFields({ type, form, ask }: { type: ObjectType; form: NewRecord; ask: (field: Field) => boolean }) {
  const catalog = useCatalog();
  const { say } = useSpeech();
  const title = catalog.field(type.api_name, type.title_field);
  const top = [title].filter((field): field is Field => field !== undefined && ask(field));
  const sections = sectionsOf(catalog, type, form.scope, say, new Set(top.map((field) => field.api_name)));
  const tables = (fields: Field[]) => fields.filter((field) => field.type === "sub_table");
  const placedFields = new Set(sections.flatMap((section) => section.fields.map((field) => field.api_name)));
  // What was filled in for the person, such as the owner, has no section.
  const beside = type.fields.filter((field) => ask(field) && !placedFields.has(field.api_name) && !top.includes(field) && field.system);
  return (
    <div className={formStyles["form"]}>
      {top.map((field) => <NewField key={field.id} field={field} form={form} autoFocus />)}
      {sections.filter((section) => section.fields.some((field) => ask(field) || field.type === "sub_table")).map((section) => (
        <Section key={section.key} section={section} faulty={section.fields.some((field) => field.api_name in form.errors.fields || field.api_name in form.errors.rows)}>
          <div className={columnsOf(section)}>{section.fields.filter(ask).map((field) => <NewField key={field.id} field={field} form={form} />)}</div>
          {tables(section.fields).map((field) => (
            <Suspense key={field.id} fallback={<Bone height={80} />}>
              <NewRows field={field} rows={form.rows(field)} onChange={(rows) => form.setRows(field, rows)} error={form.errors.fields[field.api_name]} />
            </Suspense>
          ))}
        </Section>
      ))}
      {beside.map((field) => <NewField key={field.id} field={field} form={form} />)}
    </div>
  );
}
