import { useCatalog } from "@/api/catalog";
import { useSpeech } from "@/messages";
import { fieldUi } from "@/fields/registry";
import { FormRow } from "@/ui/FormRow";
import type { DocumentObject } from "../model/types";
import type { Draft } from "../useDraft";
import styles from "../Quoting.module.css";

/** What is set above the lines; the record's page has the rest. */
export const HEADER: Record<DocumentObject, readonly string[]> = {
  quote: ["name", "account", "contact", "company", "currency", "price_book", "issued_on", "valid_until", "tax_mode", "prices_with_tax"],
  contract: ["name", "account", "contact", "company", "currency", "price_book", "signed_on", "ends_on", "tax_mode", "prices_with_tax"],
  sales_order: ["name", "account", "contact", "company", "currency", "price_book", "ordered_on", "deliver_on", "tax_mode", "prices_with_tax"],
};

export function HeaderFields({ object, draft, locked, problems }: { object: DocumentObject; draft: Draft; locked: boolean; problems: Record<string, string> }) {
  const catalog = useCatalog();
  const { say } = useSpeech();
  const fields = HEADER[object].flatMap((name) => catalog.field(object, name) ?? []);
  return (
    <div className={styles["header"]} data-testid="document-header">
      {fields.map((field) => {
        const { Cell, Editor } = fieldUi(field);
        const value = draft.value(field.api_name) ?? null;
        const open = !locked && field.access === "edit" && !field.readonly;
        return (
          <FormRow key={field.id} label={say(field.label)} required={field.required} error={problems[field.api_name]}>
            {({ id, describedBy, invalid }) => (open ? <Editor id={id} describedBy={describedBy} invalid={invalid} field={field} label={say(field.label)} value={value} onChange={(next) => draft.set(field.api_name, next)} /> : <span id={id} className={styles["stood"]}><Cell value={value} field={field} linked /></span>)}
          </FormRow>
        );
      })}
    </div>
  );
}
