import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import type { ObjectType } from "@/api/types";
import { stageChoices } from "@/features/base/stages";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { businessDay, formatMoney } from "@/ui/format";
import { Bone, ErrorState } from "@/ui/State";
import styles from "@/features/base/Pipelines.module.css";
import "@/features/base/pipelineWords";

interface StageFlow {
  stage: string;
  entered: number;
  moved_on: number;
  lost: number;
  back: number;
  still: number;
  median_days: number | null;
  conversion: number | null;
  leakage: number | null;
  lost_amount: string | null;
}
interface Flow {
  currency: string;
  stages: StageFlow[];
  totals: { open: number; won: number; lost: number; win_rate: number | null; cycle_days: number | null; average_won: string | null; velocity: string | null; other_currencies: number };
}

const DAYS = [30, 90, 180, 365, 3650] as const;
const DAY_MS = 864e5;
const percent = (share: number | null) => (share === null ? "—" : `${Math.round(share * 1000) / 10}%`);

function Totals({ flow }: { flow: Flow }) {
  const { t, language } = useSpeech();
  const { totals } = flow;
  const money = (amount: string | null) => (amount === null ? "—" : formatMoney({ amount, currency: flow.currency }, language, 0));
  const facts: [string, string][] = [
    [t("pipelines.flow.velocity"), money(totals.velocity)],
    [t("funnel.winRate"), percent(totals.win_rate)],
    [t("pipelines.flow.average"), money(totals.average_won)],
    [t("pipelines.flow.cycle"), totals.cycle_days === null ? "—" : t("pipelines.flow.days", { n: totals.cycle_days })],
    [t("pipelines.flow.decided"), `${totals.won.toLocaleString()} / ${totals.lost.toLocaleString()}`],
  ];
  return <dl className={styles["facts"]} data-testid="flow-totals">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>;
}

/** How deals went through the stages of a pipeline: who came in, went on, was lost, and how fast. */
export default function FlowTable({ type, owner }: { type: ObjectType; owner: string | undefined }) {
  const { t, say } = useSpeech();
  const pipelines = (type.pipelines ?? []).filter((each) => each.active);
  const [pipeline, setPipeline] = useState(pipelines[0]?.key ?? "");
  const [days, setDays] = useState<number>(90);
  const asked = { pipeline, from: businessDay(new Date(Date.now() - days * DAY_MS)), to: businessDay(), ...(owner ? { owner } : {}) };
  const flow = useQuery({ queryKey: ["pipelines", type.api_name, "flow", asked], placeholderData: keepPreviousData, queryFn: ({ signal }) => api.get<Flow>(`/pipelines/${type.api_name}/flow`, { signal, query: asked }) });
  const label = (key: string) => say(stageChoices(type).find((choice) => choice.key === key)?.label) || key;
  const open = (row: StageFlow) => (stageChoices(type).find((choice) => choice.key === row.stage)?.category ?? "open") === "open";
  return (
    <section className={styles["flow"]} aria-label={t("pipelines.flow")} data-testid="flow">
      <div className={styles["flowHead"]}>
        <h2>{t("pipelines.flow")}</h2>
        {pipelines.length > 1 && <div className={styles["control"]}><Choose label={t("pipelines.pipeline")} value={pipeline} clearable={false} options={pipelines.map((each) => ({ value: each.key, text: say(each.label) }))} onPick={(next) => setPipeline(String(next))} /></div>}
        <div className={styles["control"]}><Choose label={t("funnel.period")} value={String(days)} clearable={false} options={DAYS.map((each) => ({ value: String(each), text: each === 3650 ? t("funnel.anyPeriod") : t("pipelines.flow.last", { n: each }) }))} onPick={(next) => setDays(Number(next))} /></div>
      </div>
      {flow.isError && <ErrorState error={flow.error} onRetry={() => void flow.refetch()} />}
      {flow.isPending && <Bone height={160} />}
      {flow.data && <Totals flow={flow.data} />}
      {flow.data && (
        <div className={styles["wrap"]}>
          <table className={styles["table"]}>
            <thead><tr><th>{t("funnel.stage")}</th>{(["entered", "on", "lost", "still", "median", "conversion", "leakage"] as const).map((name) => <th key={name} className={styles["number"]}>{t(`pipelines.flow.${name}`)}</th>)}</tr></thead>
            <tbody>
              {flow.data.stages.filter(open).map((row) => (
                <tr key={row.stage} data-testid={`flow-${row.stage}`}>
                  <td>{label(row.stage)}</td><td className={styles["number"]}>{row.entered}</td><td className={styles["number"]}>{row.moved_on}</td><td className={styles["number"]}>{row.lost}</td><td className={styles["number"]}>{row.still}</td>
                  <td className={styles["number"]}>{row.median_days ?? "—"}</td><td className={styles["number"]}>{percent(row.conversion)}</td><td className={styles["number"]}>{percent(row.leakage)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
