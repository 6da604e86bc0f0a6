import { Fragment } from "react";
import { useCatalog } from "@/api/catalog";
import type { ImportJob } from "@/api/imports";
import { useSpeech } from "@/messages";
import styles from "./Import.module.css";

/** The dry run or the result, reading like a receipt: lines, dots, numbers. */
export function Receipt({ job, done }: { job: ImportJob; done: boolean }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const report = job.report;
  if (!report) return null;
  const line = (label: string, value: number | undefined) => (
    <div className={styles["receiptLine"]}><dt>{label}</dt><dd>{(value ?? 0).toLocaleString()}</dd></div>
  );
  const related = Object.entries(report.related_to_create ?? {}).filter(([, count]) => count > 0);
  const choices = Object.entries(report.choices_to_create ?? {}).filter(([, list]) => list.length > 0);
  return (
    <section className={styles["receipt"]} data-testid="import-receipt">
      <h2>{t(done ? "import.receiptDone" : "import.receipt")}</h2>
      <dl>
        {line(t("import.rows"), report.rows)}
        <hr className={styles["rule"]} />
        {line(t(done ? "import.created" : "import.toCreate"), done ? report.created : report.to_create)}
        {line(t(done ? "import.updated" : "import.toUpdate"), done ? report.updated : report.to_update)}
        {line(t(done ? "import.rejected" : "import.toReject"), done ? report.rejected : report.to_reject)}
        {(related.length > 0 || choices.length > 0) && <hr className={styles["rule"]} />}
        {related.map(([object, count]) => <Fragment key={object}>{line(t("import.alsoCreate", { label: say(catalog.object(object)?.label) || object }), count)}</Fragment>)}
        {choices.map(([field, list]) => <Fragment key={field}>{line(t("import.alsoChoices", { name: say(catalog.field(job.object, field)?.label) || field }), list.length)}</Fragment>)}
      </dl>
      {!done && <p className={styles["muted"]} style={{ marginTop: 12 }}>{t("import.nothingWritten")}</p>}
    </section>
  );
}
