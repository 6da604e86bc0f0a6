import { Button, Progress as Bar } from "antd";
import { Copy, Square } from "lucide-react";
import { useSpeech } from "@/messages";
import { copyText } from "@/ui/copy";
import { toast } from "@/ui/toast";
import { toTsv } from "@/features/base/clipboard";
import styles from "../cells/Cells.module.css";
import type { Failure, Progress } from "./useBulk";

/** How far work on many records is, with the way to stop it. */
export function BulkProgress({ progress, onStop }: { progress: Progress; onStop: () => void }) {
  const { t } = useSpeech();
  const { phase, done, total } = progress;
  return (
    <div className={styles["plan"]} role="status" data-testid="bulk-progress">
      <p>{t(phase === "reading" ? "grid.bulkReading" : "grid.bulkWriting", { done, total })}</p>
      <Bar percent={total ? Math.round((100 * done) / total) : 0} showInfo={false} aria-label={t("grid.bulkProgress")} />
      <Button icon={<Square size={13} />} onClick={onStop}>{t("grid.bulkStop")}</Button>
    </div>
  );
}

/** Records that were refused, each with its reason. */
export function BulkFailures({ failures }: { failures: Failure[] }) {
  const { t } = useSpeech();
  const heads = [t("grid.wrongRecord"), t("grid.wrongReason")];
  return (
    <section data-testid="bulk-failures">
      <div className={styles["wrongHead"]}>
        <strong>{t("grid.bulkFailures", { n: failures.length })}</strong>
        <Button size="small" icon={<Copy size={13} />} onClick={() => void copyText(toTsv([heads, ...failures.map(({ title, message }) => [title, message])])).then(() => toast(t("action.copied")))}>{t("action.copy")}</Button>
      </div>
      <table className={styles["wrong"]}>
        <thead><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
        <tbody>{failures.slice(0, 200).map((failure) => <tr key={failure.id}><td>{failure.title}</td><td>{failure.message}</td></tr>)}</tbody>
      </table>
    </section>
  );
}
