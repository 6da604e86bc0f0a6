import { Button } from "antd";
import type { ImportJob, ImportMapping } from "@/api/imports";
import type { ObjectType } from "@/api/types";
import { useCatalog } from "@/api/catalog";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { ColumnRow } from "./ColumnRow";
import { FileRows } from "./FileRows";
import styles from "./Import.module.css";
import { assign, keyFields, missingRequired } from "./mapping";

const CURRENCIES = ["CNY", "USD", "EUR", "HKD", "JPY", "GBP", "SGD", "TWD"];

interface Props {
  type: ObjectType;
  job: ImportJob;
  mapping: ImportMapping;
  busy: boolean;
  onMapping: (mapping: ImportMapping) => void;
  onCheck: () => void;
}

/** Second step: each column finds its field, with suggestions already made. */
export function MapStep({ type, job, mapping, busy, onMapping, onCheck }: Props) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const missing = missingRequired(type, mapping);
  const keys = keyFields(type, mapping);
  const hasMoney = mapping.columns.some((column) => type.fields.find((field) => field.api_name === column.field)?.type === "currency");
  const nothing = mapping.columns.length === 0;
  return (
    <>
      <div className={styles["wrap"]}>
        <table className={styles["table"]} data-testid="import-mapping">
          <thead><tr><th>{t("import.column")}</th><th>{t("import.field")}</th><th>{t("import.options")}</th></tr></thead>
          <tbody>
            {job.columns.map((column) => (
              <ColumnRow key={column.index} type={type} column={column} mapping={mapping.columns.find((each) => each.column === column.index)} onChange={(next) => onMapping(assign(mapping, next, column.index))} />
            ))}
          </tbody>
        </table>
      </div>
      <div className={styles["controls"]}>
        <div>
          <FormRow label={t("import.key")}>
            {({ id }) => <Choose id={id} value={mapping.key ?? ""} clearable={false} options={[{ value: "", text: t("import.keyNone") }, ...keys.map((field) => ({ value: field.api_name, text: t("import.keyUpdate", { name: say(field.label) }) }))]} onPick={(key) => onMapping({ ...mapping, key: (key as string) || null })} />}
          </FormRow>
        </div>
        <div>
          <FormRow label={t("dup.importLabel")}>
            {({ id }) => <Choose id={id} value={mapping.duplicates ?? "review"} clearable={false} options={[{ value: "review", text: t("dup.importReview") }, { value: "leave_out", text: t("dup.importLeaveOut") }]} onPick={(chosen) => onMapping({ ...mapping, duplicates: chosen as "review" | "leave_out" })} />}
          </FormRow>
        </div>
        {(type.pipelines?.length ?? 0) > 0 && (
          <div>
            <FormRow label={t("import.history")}>
              {({ id }) => <Choose id={id} value={mapping.history === false ? "asked" : "history"} clearable={false} options={[{ value: "history", text: t("import.historyKept") }, { value: "asked", text: t("import.historyAsked") }]} onPick={(chosen) => onMapping({ ...mapping, history: chosen !== "asked" })} />}
            </FormRow>
          </div>
        )}
        {hasMoney && (
          <div>
            <FormRow label={t("import.currency")}>{({ id }) => <Choose id={id} value={mapping.currency ?? null} placeholder={catalog.data.workspace.currency} options={CURRENCIES.map((code) => ({ value: code, text: code }))} onPick={(currency) => { const { currency: _old, ...rest } = mapping; onMapping(currency ? { ...rest, currency: currency as string } : rest); }} />}</FormRow>
          </div>
        )}
        <FormRow label="">{() => <Button type="primary" loading={busy} disabled={nothing} onClick={onCheck}>{t("import.check")}</Button>}</FormRow>
      </div>
      {nothing && <p className={styles["warn"]}>{t("import.nothingMapped")}</p>}
      {missing.length > 0 && <p className={styles["warn"]}>{t("import.missingRequired", { names: missing.map((field) => say(field.label)).join(t("list.comma")) })}</p>}
      <FileRows job={job} mapping={mapping} problems={[]} />
    </>
  );
}
