import "./words";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { api } from "@/api/client";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { Bone, ErrorState, State } from "@/ui/State";
import styles from "./Forecast.module.css";
import { PeriodSwitch } from "./PeriodSwitch";
import { forecastKeys } from "./read";
import { TargetsGrid } from "./TargetsGrid";
import { MEASURES, type TargetsData } from "./targets";

/** Targets of the people and departments one leads, month by month, beside what was attained. */
export function TargetsPage() {
  const { t } = useSpeech();
  const navigate = useNavigate();
  const { period, measure = "won_amount" } = useSearch({ strict: false }) as { period?: string; measure?: string };
  const found = useQuery({ queryKey: [...forecastKeys.all, "targets", period, measure], queryFn: ({ signal }) => api.get<TargetsData>("/targets", { query: { period, measure }, signal }), placeholderData: (old) => old });
  const go = (change: object) => void navigate({ to: ".", replace: true, search: ((old: object) => ({ ...old, ...change })) as never });
  if (found.isError) return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  const data = found.data;
  return (
    <div className={styles["page"]} data-testid="targets">
      <header className={styles["head"]}>
        <h1 className={styles["title"]}>{t("targets.title")}</h1>
        <Link to="/completeness">{t("targets.completeness")}</Link>
        <div style={{ width: 140 }}><Choose label={t("targets.measure")} clearable={false} value={measure} options={MEASURES.map((key) => ({ value: key, text: t(`targets.${key}`) }))} onPick={(next) => go({ measure: next })} /></div>
        {data && <PeriodSwitch period={data.period} onChange={(key) => go({ period: key })} />}
      </header>
      {!data && <Bone height={280} />}
      {data && data.people.length + data.led_departments.length === 0 && <State drawing="rows" title={t("targets.none")} hint={t("targets.noneHint")} />}
      {data && data.people.length + data.led_departments.length > 0 && <TargetsGrid data={data} />}
    </div>
  );
}
