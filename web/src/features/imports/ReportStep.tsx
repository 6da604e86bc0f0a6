import { Button, Popconfirm } from "antd";
import { useNavigate } from "@tanstack/react-router";
import { raw } from "@/api/client";
import type { ImportJob, ImportMapping, ImportReport } from "@/api/imports";
import type { ObjectType } from "@/api/types";
import { useSpeech } from "@/messages";
import { download } from "@/ui/copy";
import { complain } from "@/ui/says";
import { FileRows } from "./FileRows";
import styles from "./Import.module.css";
import { Receipt } from "./Receipt";

function Problems({ report }: { report: ImportReport }) {
  const { t } = useSpeech();
  const counts = report.problem_counts ?? [];
  const problems = report.problems ?? [];
  if (counts.length === 0 && problems.length === 0) return <p className={styles["muted"]}>{t("import.noProblems")}</p>;
  return (
    <>
      <table className={styles["table"]} data-testid="import-problems">
        <tbody>
          {counts.map((each) => (
            <tr key={`${each.column}${each.code}${each.message}`}><td>{each.column}</td><td>{each.message}</td><td style={{ textAlign: "right" }}>{t("import.valueCount", { n: each.count })}</td></tr>
          ))}
        </tbody>
      </table>
      <div style={{ maxHeight: 260, overflow: "auto", marginTop: 16 }}>
        <table className={styles["table"]}>
          <tbody>
            {problems.map((problem, index) => (
              <tr key={index}>
                <td className={styles["rowNumber"]} style={{ whiteSpace: "nowrap" }}>{t("import.problemRow", { row: problem.row })}</td>
                <td>{problem.column}</td>
                <td><span className={styles["bad"]}>{problem.value ?? t("value.empty")}</span></td>
                <td>{problem.message}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

interface Props {
  type: ObjectType;
  job: ImportJob;
  mapping: ImportMapping;
  busy: boolean;
  onBack: () => void;
  onRun: () => void;
  onUndo: () => void;
  onAgain: () => void;
}

/** Third step and end: what would happen, or what did, with everything one may want to do next. */
export function ReportStep({ type, job, mapping, busy, onBack, onRun, onUndo, onAgain }: Props) {
  const { t, say } = useSpeech();
  const navigate = useNavigate();
  const report = job.report;
  if (!report) return null;
  const done = job.state === "done" || job.state === "undone";
  const loadable = (report.to_create ?? 0) + (report.to_update ?? 0);
  const rejected = done ? (report.rejected ?? 0) : (report.to_reject ?? 0);
  const save = async () => {
    try {
      download(await (await raw("GET", `/imports/${job.id}/errors.csv`, undefined, { headers: { Accept: "text/csv" } })).blob(), `${job.file_name.replace(/\.\w+$/, "")} ${t("import.problems")}.csv`);
    } catch (error) {
      complain(error, t);
    }
  };
  return (
    <>
      <div className={styles["report"]}>
        <div>
          <Receipt job={job} done={done} />
          <div className={styles["actions"]}>
            {done ? (
              <>
                <Button type="primary" onClick={() => void navigate({ to: "/o/$object", params: { object: type.api_name }, search: { sort: [{ field: "created_at", direction: "desc" }] } })}>{t("import.see")}</Button>
                {rejected > 0 && <Button onClick={() => void save()}>{t("import.download")}</Button>}
                {job.state === "done" && <Popconfirm title={t("import.undoAsk")} okText={t("import.undo")} cancelText={t("action.cancel")} onConfirm={onUndo}><Button danger loading={busy}>{t("import.undo")}</Button></Popconfirm>}
                <Button type="text" onClick={onAgain}>{t("import.again")}</Button>
              </>
            ) : (
              <>
                <Button type="primary" loading={busy} disabled={loadable === 0} onClick={onRun}>{t("import.run", { n: loadable })}</Button>
                <Button onClick={onBack}>{t("import.back")}</Button>
                {rejected > 0 && <Button type="text" onClick={() => void save()}>{t("import.download")}</Button>}
              </>
            )}
          </div>
        </div>
        <section aria-label={t("import.problems")}>
          <h2 style={{ fontSize: 14, fontWeight: 600, marginBottom: 8 }}>{t("import.problems")} · {say(type.label_plural)}</h2>
          <Problems report={report} />
        </section>
      </div>
      <FileRows job={job} mapping={mapping} problems={report.problems ?? []} />
    </>
  );
}
