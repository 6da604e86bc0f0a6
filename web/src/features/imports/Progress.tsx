import { Button } from "antd";
import type { ImportJob } from "@/api/imports";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import styles from "./Import.module.css";

type Phase = "reading" | "checking" | "loading";
const PHASES: readonly string[] = ["reading", "checking", "loading"];

const phaseOf = ({ progress, state }: ImportJob): Phase =>
  progress && PHASES.includes(progress.phase) ? (progress.phase as Phase) : state === "loading" ? "loading" : "checking";

/** Long work shows how far it is, how fast, and for how long yet. */
export function Progress({ job, onCancel }: { job: ImportJob; onCancel: () => void }) {
  const { t } = useSpeech();
  const phase = phaseOf(job);
  return (
    <div className={styles["progress"]} data-testid="import-progress">
      <h2 style={{ fontSize: 16, fontWeight: 600 }}>{t(`import.phase.${phase}`)}</h2>
      {phase === "reading" || !job.progress ? <Known job={job} label={t(`import.phase.${phase}`)} /> : <Endless total={job.progress.total} label={t(`import.phase.${phase}`)} />}
      <Button style={{ marginTop: 20 }} disabled={job.state === "cancelling"} onClick={onCancel}>{t(job.state === "cancelling" ? "import.state.cancelling" : "import.cancel")}</Button>
    </div>
  );
}

function Known({ job: { progress, row_count }, label }: { job: ImportJob; label: string }) {
  const { t } = useSpeech();
  const share = progress?.total ? progress.done / progress.total : 0;
  const left = progress?.seconds_left ?? null;
  return (
    <>
      <div className={styles["bar"]} role="progressbar" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(share * 100)} aria-label={label}><span style={{ width: `${share * 100}%` }} /></div>
      <div className={styles["numbers"]}>
        <span>{t("import.progress", { done: progress?.done ?? 0, total: progress?.total ?? row_count })}</span>
        {progress?.rows_per_second ? <span>{t("import.speed", { n: Math.round(progress.rows_per_second) })}</span> : null}
        {left === null ? null : <span>{t("import.left", { n: Math.ceil(left) })}</span>}
      </div>
    </>
  );
}

/** All rows are checked and loaded at once: there is no end that could be told. */
function Endless({ total, label }: { total: number; label: string }) {
  const { t } = useSpeech();
  return (
    <>
      <div className={cx(styles["bar"], styles["endless"])} role="progressbar" aria-label={label}><span /></div>
      <div className={styles["numbers"]}><span>{t("import.together", { n: total })}</span></div>
    </>
  );
}
