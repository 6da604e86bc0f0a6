import { Segmented } from "antd";
import { useState } from "react";
import { useSpeech } from "@/messages";
import { formatDate } from "@/ui/format";
import { cx } from "@/ui/cx";
import { Bone, ErrorState } from "@/ui/State";
import type { Dashboard, Pool } from "./model";
import styles from "./Pools.module.css";
import { useDashboard } from "./usePools";

function useDuration() {
  const { t } = useSpeech();
  return (seconds: number | null) => {
    if (seconds === null) return "—";
    if (seconds < 5_400) return t("pools.minutes", { n: Math.round(seconds / 60) });
    return seconds < 172_800 ? t("pools.hours", { n: Math.round(seconds / 3_600) }) : t("pools.days", { n: Math.round(seconds / 86_400) });
  };
}

function Facts({ board }: { board: Dashboard }) {
  const { t } = useSpeech();
  const duration = useDuration();
  const recycled = board.days.reduce((sum, day) => sum + day.recycled, 0);
  const claims = board.days.reduce((sum, day) => sum + day.claimed, 0);
  return (
    <dl className={styles["facts"]}>
      <div className={styles["fact"]}><dt>{t("pools.stock")}</dt><dd data-testid="pool-stock">{board.stock.toLocaleString()}</dd></div>
      <div className={styles["fact"]}><dt>{t("pools.owned")}</dt><dd>{board.owned.toLocaleString()}<small>{board.uncontacted > 0 && t("pools.uncontacted", { n: board.uncontacted })}</small></dd></div>
      <div className={styles["fact"]}><dt>{t("pools.claims")}</dt><dd>{claims.toLocaleString()}<small>{t("pools.recycled")} {recycled.toLocaleString()}</small></dd></div>
      <div className={styles["fact"]}><dt>{t("pools.response")}</dt><dd>{duration(board.response_seconds)}<small className={styles["late"]}>{board.late > 0 && t("pools.late", { n: board.late })}</small></dd></div>
    </dl>
  );
}

function Days({ board }: { board: Dashboard }) {
  const { t, language } = useSpeech();
  const most = Math.max(1, ...board.days.map((day) => day.claimed + day.given + day.recycled));
  const height = (count: number) => ({ height: `${(count / most) * 100}%` });
  const parts = ["claimed", "given", "recycled"] as const;
  const label = { claimed: t("pools.claims"), given: t("pools.given"), recycled: t("pools.recycled") };
  return (
    <section className={styles["block"]}>
      <h2>{t("pools.byDay")}</h2>
      <div className={styles["bars"]} role="img" aria-label={t("pools.byDay")}>
        {board.days.map((day) => (
          <div key={day.day} className={styles["day"]} title={`${formatDate(day.day, language)}: ${parts.map((part) => `${label[part]} ${day[part]}`).join(" · ")}`}>
            {parts.map((part) => <span key={part} className={styles[part]} style={height(day[part])} />)}
          </div>
        ))}
      </div>
      <p className={styles["axis"]} aria-hidden><span>{formatDate(board.days[0]?.day ?? "", language)}</span><span>{formatDate(board.days.at(-1)?.day ?? "", language)}</span></p>
      <p className={styles["legend"]}>{parts.map((part) => <span key={part}><b className={styles[part]} />{label[part]}</span>)}</p>
    </section>
  );
}

function People({ board }: { board: Dashboard }) {
  const { t } = useSpeech();
  const duration = useDuration();
  if (board.people.length === 0) return <p className={styles["hint"]}>{t("pools.noFigures")}</p>;
  const number = cx(styles["number"]);
  return (
    <section className={styles["block"]}>
      <h2>{t("pools.byPerson")}</h2>
      <div className={styles["wrap"]}>
        <table className={styles["table"]} data-testid="pool-people">
          <thead><tr><th>{t("pools.person")}</th><th className={number}>{t("pools.claims")}</th><th className={number}>{t("pools.given")}</th><th className={number}>{t("pools.holdsNow")}</th><th className={number}>{t("pools.recycled")}</th><th className={number}>{t("pools.response")}</th></tr></thead>
          <tbody>
            {board.people.map((each) => (
              <tr key={each.person.id}><td>{each.person.label}</td><td className={number}>{each.claimed}</td><td className={number}>{each.given}</td><td className={number}>{each.holds}</td><td className={number}>{each.recycled}</td><td className={number}>{duration(each.response_seconds)}</td></tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** How the pool does: what lies in it, what comes and goes, how soon people respond. */
export function DashboardPart({ pool }: { pool: Pool }) {
  const { t } = useSpeech();
  const [days, setDays] = useState(14);
  const board = useDashboard(pool.id, days);
  return (
    <div data-testid="pool-dashboard">
      <div className={styles["tools"]}><Segmented aria-label={t("pools.byDay")} value={days} options={[7, 14, 30].map((n) => ({ value: n, label: t("pools.lastDays", { n }) }))} onChange={setDays} /></div>
      {board.isError && <ErrorState error={board.error} onRetry={() => void board.refetch()} />}
      {board.isPending && <Bone height={120} />}
      {board.data && <><Facts board={board.data} /><Days board={board.data} /><People board={board.data} /></>}
    </div>
  );
}
