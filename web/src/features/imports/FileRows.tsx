import type { ImportJob, ImportMapping, ImportProblem } from "@/api/imports";
import { useCatalog } from "@/api/catalog";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import styles from "./Import.module.css";

interface Props {
  job: ImportJob;
  mapping: ImportMapping;
  problems: ImportProblem[];
}

/** The file's own rows, always in sight; columns left out are pale and say so, and problem cells are marked with their reason. */
export function FileRows({ job, mapping, problems }: Props) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const first = (job.format.header_row ?? 1) + 1;
  const byCell = new Map(problems.map((problem) => [`${problem.row}|${problem.column}`, problem.message]));
  const target = new Map(mapping.columns.map((column) => [column.column, catalog.field(job.object, column.field)]));
  const nameOf = (index: number) => job.columns.find((column) => column.index === index)?.name ?? "";
  const problem = (row: number, index: number) => byCell.get(`${row}|${nameOf(index)}`) ?? byCell.get(`${row}|${target.get(index)?.api_name ?? ""}`);
  return (
    <section className={styles["preview"]}>
      <h2>{t("import.preview")}</h2>
      <div className={styles["wrap"]}>
        <table className={styles["table"]} data-testid="import-preview">
          <thead>
            <tr>
              <th className={styles["rowNumber"]}>{t("import.row")}</th>
              {job.columns.map((column) => (
                <th key={column.index} className={cx(!target.has(column.index) && styles["unused"])}>{target.has(column.index) ? [column.name, say(target.get(column.index)?.label)].filter(Boolean).join(" → ") : t("import.leftOut", { name: column.name })}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {job.preview.map((row, at) => (
              <tr key={at}>
                <td className={styles["rowNumber"]}>{first + at}</td>
                {job.columns.map((column) => {
                  const wrong = problem(first + at, column.index);
                  return <td key={column.index} title={wrong} className={cx(!target.has(column.index) && styles["unused"], wrong && styles["bad"])}>{row[column.index] ?? ""}{wrong && <span className="sr-only"> {wrong}</span>}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
