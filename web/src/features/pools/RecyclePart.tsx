import { Link } from "@tanstack/react-router";
import { Button, Popconfirm } from "antd";
import { useSpeech } from "@/messages";
import { formatDateTime } from "@/ui/format";
import { Bone, ErrorState } from "@/ui/State";
import { toast } from "@/ui/toast";
import type { Pool, PoolRun } from "./model";
import styles from "./Pools.module.css";
import { usePoolActions, usePreview, useRuns } from "./usePools";

function Tonight({ pool }: { pool: Pool }) {
  const { t, language } = useSpeech();
  const preview = usePreview(pool.id);
  const ruleOf = (key: string) => pool.recycle.find((rule) => rule.key === key)?.kind;
  return (
    <section data-testid="recycle-preview">
      <div className={styles["block"]}><h2>{t("pools.tonight")}</h2></div>
      {preview.isError && <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />}
      {preview.isPending && <Bone width="60%" />}
      {preview.data && <p className={styles["hint"]}>{preview.data.records.length ? t("pools.tonightHint", { at: formatDateTime(preview.data.until, language) }) : t("pools.tonightNone")}</p>}
      {preview.data?.records.map((record) => {
        const kind = ruleOf(record.rule);
        return (
          <div key={record.id} className={styles["row"]} data-testid="recycle-record">
            <span className={styles["face"]}><Link className={styles["name"]} to="/o/$object/$id" params={{ object: pool.applies_to, id: record.id }}>{record.title}</Link><span className={styles["meta"]}><span>{record.owner.label}</span>{kind && <span>{t(`pools.rule.${kind}`)}</span>}</span></span>
          </div>
        );
      })}
      {preview.data?.more && <p className={styles["hint"]}>{t("pools.tonightMore")}</p>}
    </section>
  );
}

function Run({ pool, run, onUndo }: { pool: Pool; run: PoolRun; onUndo: () => void }) {
  const { t, language } = useSpeech();
  const kind = pool.recycle.find((rule) => rule.key === run.rule)?.kind;
  return (
    <li className={styles["row"]} data-testid="pool-run">
      <span className={styles["face"]}>
        <strong className={styles["name"]}>{t(`pools.run.${run.kind}`, { n: run.count })}</strong>
        <span className={styles["meta"]}><time dateTime={run.at}>{formatDateTime(run.at, language)}</time>{kind && <span>{t(`pools.rule.${kind}`)}</span>}{run.undone !== null && <span>{t("pools.undone", { n: run.undone })}</span>}</span>
      </span>
      {run.can_undo && pool.manages && <Popconfirm title={t("pools.undoConfirm")} okText={t("pools.undo")} cancelText={t("action.cancel")} onConfirm={onUndo}><Button size="small">{t("pools.undo")}</Button></Popconfirm>}
    </li>
  );
}

/** What goes back tonight, what went back lately, and the way back from it. */
export function RecyclePart({ pool }: { pool: Pool }) {
  const { t } = useSpeech();
  const runs = useRuns(pool.id);
  const actions = usePoolActions(pool, pool.applies_to);
  const undo = async (run: PoolRun) => {
    const found = await actions.undo(run.id);
    if (found) toast(t("pools.undoDone", { n: found.returned, m: found.kept }));
  };
  return (
    <>
      <Tonight pool={pool} />
      <section className={styles["block"]}>
        <h2>{t("pools.runs")}</h2>
        {runs.data?.length === 0 && <p className={styles["hint"]}>{t("pools.runsNone")}</p>}
        <ul>{runs.data?.map((run) => <Run key={run.id} pool={pool} run={run} onUndo={() => void undo(run)} />)}</ul>
      </section>
    </>
  );
}
