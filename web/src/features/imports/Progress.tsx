import { Button } from "antd";
import type { ImportJob } from "@/api/imports";
import { useSpeech } from "@/messages";
import styles from "./Import.module.css";

/** Long work shows how far it is, how fast, and for how long yet. */
export function Progress({ job, onCancel }: { job: ImportJob; onCancel: () => void }) {
  const { t } = useSpeech();
  const progress = job.progress;
  const phase = progress?.phase === "reading" || progress?.phase === "loading" || progress?.phase === "checking" ? progress.phase : job.state === "loading" ? "loading" : "checking";
  const share = progress?.total ? progress.done / progress.total : 0;
  return (
    <div className={styles["progress"]} data-testid="import-progress">
      <h2 style={{ fontSize: 16, fontWeight: 600 }}>{t(`import.phase.${phase}`)}</h2>
      <div className={styles["bar"]} role="progressbar" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(share * 100)} aria-label={t(`import.phase.${phase}`)}><span style={{ width: `${share * 100}%` }} /></div>
      <div className={styles["numbers"]}>
        <span>{t("import.progress", { done: progress?.done ?? 0, total: progress?.total ?? job.row_count })}</span>
        {progress?.rows_per_second ? <span>{t("import.speed", { n: Math.round(progress.rows_per_second) })}</span> : null}
        {progress?.seconds_left !== null && progress?.seconds_left !== undefined ? <span>{t("import.left", { n: Math.ceil(progress.seconds_left) })}</span> : null}
      </div>
      <Button style={{ marginTop: 20 }} disabled={job.state === "cancelling"} onClick={onCancel}>{t(job.state === "cancelling" ? "import.state.cancelling" : "import.cancel")}</Button>
    </div>
  );
}
