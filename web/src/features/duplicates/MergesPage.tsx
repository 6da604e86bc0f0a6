import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useSpeech } from "@/messages";
import { formatDateTime } from "@/ui/format";
import { Bone, ErrorState, State } from "@/ui/State";
import styles from "./Duplicates.module.css";
import { useMerges } from "./model";
import { DuplicatesFrame } from "./Tabs";
import { useUndoMerge } from "./undo";

/** Merges of the last 30 days, each with its way back. */
export function MergesPage() {
  const { t, language } = useSpeech();
  const merges = useMerges();
  const undo = useUndoMerge();
  return (
    <DuplicatesFrame hint={t("dup.mergesHint")}>
      {merges.isError && <ErrorState error={merges.error} onRetry={() => void merges.refetch()} />}
      {merges.isPending && <Bone width="60%" />}
      {merges.data?.length === 0 && <State drawing="rows" title={t("dup.mergesEmpty")} />}
      <ul data-testid="merges">
        {merges.data?.map((merge) => {
          const moved = Object.values(merge.told.moved ?? {}).reduce((sum, count) => sum + count, 0);
          return (
            <li key={merge.id} className={styles["row"]}>
              <div className={styles["face"]}>
                <div>{t("dup.mergesLine", { who: merge.by ?? "—", others: merge.others.map((each) => each.title ?? each.id).join(t("list.comma")) })} <Link className={styles["name"]} to="/o/$object/$id" params={{ object: merge.object, id: merge.survivor.id }}>{merge.survivor.title}</Link></div>
                <div className={styles["meta"]}>{formatDateTime(merge.at, language)}{moved > 0 && ` · ${t("dup.mergesMoved", { n: moved })}`}</div>
              </div>
              {merge.state === "done" ? <Button size="small" onClick={() => void undo(merge.id)}>{t("dup.undoMerge")}</Button> : <span className={styles["meta"]}>{t("dup.wasUndone")}</span>}
            </li>
          );
        })}
      </ul>
    </DuplicatesFrame>
  );
}
