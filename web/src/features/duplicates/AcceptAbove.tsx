import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Popconfirm, Select } from "antd";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import { api } from "@/api/client";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import styles from "./Duplicates.module.css";

const SCORES = [99, 95, 90, 80];
interface Done {
  merged: number;
  left: number;
  refused: Record<string, number>;
}

/** Merges all that are sure enough, after saying how many that is. */
export function AcceptAbove({ object }: { object: string }) {
  const { t } = useSpeech();
  const client = useQueryClient();
  const permissions = useCatalog().object(object)?.permissions;
  const [score, setScore] = useState(95);
  const [busy, setBusy] = useState(false);
  const count = useQuery({ queryKey: ["duplicate-pairs", object, "above", score], queryFn: () => api.get<{ groups: number; records: number }>("/duplicates/pairs/above", { query: { object, score: score / 100 } }) });
  if (!permissions?.bulk || !permissions.delete) return null;
  const run = async () => {
    setBusy(true);
    let merged = 0;
    let skip = 0;
    try {
      for (;;) {
        const done = await api.post<Done>("/duplicates/pairs/accept", { object, score: score / 100, limit: 50, skip });
        merged += done.merged;
        // Refused ones stay where they are: the next call begins behind them.
        const refused = Object.values(done.refused).reduce((sum, each) => sum + each, 0);
        skip += refused;
        if (done.left === 0 || done.merged + refused === 0) break;
      }
      if (skip > 0) toast(t("dup.acceptRefused", { n: skip }), { tone: "danger" });
      toast(t("dup.acceptDone", { n: merged }));
    } catch (error) {
      complain(error, t);
    }
    setBusy(false);
    await client.invalidateQueries();
  };
  const { groups = 0, records = 0 } = count.data ?? {};
  return (
    <div className={styles["bar"]} data-testid="duplicate-accept">
      <Select size="small" aria-label={t("dup.accept", { score })} value={score} options={SCORES.map((value) => ({ value, label: `≥ ${value}%` }))} onChange={setScore} />
      <Popconfirm title={t("dup.acceptAsk", { records, groups })} okText={t("dup.merge")} cancelText={t("action.cancel")} disabled={groups === 0} onConfirm={() => void run()}>
        <Button size="small" loading={busy} disabled={groups === 0}>{t("dup.accept", { score })} ({groups})</Button>
      </Popconfirm>
    </div>
  );
}
