import { Link } from "@tanstack/react-router";
import { Segmented } from "antd";
import { useState } from "react";
import type { Filter } from "@/api/types";
import { useSpeech } from "@/messages";
import { formatMoney } from "@/ui/format";
import { Bone, ErrorState, State } from "@/ui/State";
import { AgeingBar, AgeingTable } from "./AgeingTable";
import { Checked } from "./Checked";
import { DueSoon } from "./DueSoon";
import { isZero, type By, type Figure, type Summary } from "./model";
import { useAgeing, useSummary } from "./read";
import styles from "./Receivables.module.css";
import "./words";

const open = (...more: Filter[]): Filter => ({ and: [{ field: "in_force", op: "eq", value: true }, { field: "outstanding", op: "gt", value: "0" }, ...more] }) as Filter;
const between = (from: string, to: string): Filter => ({ field: "due_on", op: "between", value: [from, to] }) as Filter;

/** What is owed, how late it is, what comes in, and what finance has to do: every figure leads to its records. */
export function ReceivablesPage() {
  const { t, language } = useSpeech();
  const summary = useSummary();
  const [by, setBy] = useState<By>("account");
  const ageing = useAgeing(by);
  if (summary.isError) return <ErrorState error={summary.error} onRetry={() => void summary.refetch()} />;
  const data = summary.data;
  return (
    <div className={styles["page"]} data-testid="receivables">
      <header className={styles["head"]}><h1 className={styles["title"]}>{t("receivables.title")}</h1></header>
      {data ? <Facts data={data} /> : <Bone height={84} />}
      {data && data.without_rate.length > 0 && <p className={styles["late"]}>{t("receivables.withoutRate", { currencies: data.without_rate.join(", ") })}</p>}
      <section className={styles["block"]}>
        <div className={styles["blockHead"]}>
          <h2>{t("receivables.ageing")}</h2>
          <Segmented<By> aria-label={t("receivables.by")} value={by} onChange={setBy} options={[{ value: "account", label: t("receivables.by.account") }, { value: "owner", label: t("receivables.by.owner") }, { value: "company", label: t("receivables.by.company") }]} />
        </div>
        {ageing.isError && <ErrorState error={ageing.error} onRetry={() => void ageing.refetch()} />}
        {ageing.isPending && <Bone height={200} />}
        {ageing.data?.rows.length === 0 && <State drawing="rows" title={t("receivables.nothing")} hint={t("receivables.nothingHint")} />}
        {ageing.data && ageing.data.rows.length > 0 && <><AgeingBar line={ageing.data.total} /><AgeingTable data={ageing.data} /></>}
      </section>
      {data && <DueSoon today={data.today} until={data.week_end} />}
      {data && data.forecast.some((month) => !isZero(month.amount)) && (
        <section className={styles["block"]}>
          <div className={styles["blockHead"]}><h2>{t("receivables.forecast")}</h2></div>
          <Months months={data.forecast} text={(amount, currency) => formatMoney({ amount, currency }, language, 0)} />
        </section>
      )}
      {data?.finance && <Checked />}
    </div>
  );
}

function Facts({ data }: { data: Summary }) {
  const { t, language } = useSpeech();
  const figures: { label: string; figure: Figure; object: string; where: Filter; late?: boolean; paid?: boolean }[] = [
    { label: t("receivables.overdue"), figure: data.overdue, object: "payment_plan", where: open({ field: "due_on", op: "lt", value: data.today } as Filter), late: true },
    { label: t("receivables.dueThisWeek"), figure: data.due_this_week, object: "payment_plan", where: open(between(data.today, data.week_end)) },
    { label: t("receivables.dueThisMonth"), figure: data.due_this_month, object: "payment_plan", where: open(between(data.today, data.month_end)) },
    { label: t("receivables.receivedThisMonth"), figure: data.received_this_month, object: "payment", paid: true, where: { and: [{ field: "status", op: "eq", value: "confirmed" }, { field: "received_on", op: "between", value: [`${data.today.slice(0, 8)}01`, data.today] }] } as Filter },
    { label: t("receivables.toBeConfirmed"), figure: data.to_be_confirmed, object: "payment", paid: true, where: { field: "status", op: "eq", value: "pending" } as Filter },
    { label: t("receivables.advances"), figure: data.advances, object: "payment", paid: true, where: { and: [{ field: "status", op: "eq", value: "confirmed" }, { field: "available", op: "gt", value: "0" }] } as Filter },
  ];
  return (
    <div className={styles["facts"]}>
      {figures.map(({ label, figure, object, where, late, paid }) => (
        <Link key={label} className={styles["fact"]} to="/o/$object" params={{ object }} search={{ where }}>
          <span>{label}</span>
          <b className={late && !isZero(figure.amount ?? "0") ? styles["late"] : undefined}>{formatMoney(figure, language)}</b>
          <small>{t(paid ? "receivables.payments" : "receivables.instalments", { n: figure.count })}{figure.currencies.some((each) => each.currency !== data.currency) && ` · ${figure.currencies.map((each) => formatMoney(each, language)).join(" + ")}`}</small>
        </Link>
      ))}
    </div>
  );
}

const FULL = 80;
function Months({ months, text }: { months: Summary["forecast"]; text: (amount: string, currency: string) => string }) {
  const most = Math.max(...months.map((month) => Number(month.amount)), 1);
  return (
    <div className={styles["months"]}>
      {months.map((month) => (
        <div key={month.month} className={styles["month"]}>
          <span>{text(month.amount, month.currency)}</span>
          <i style={{ height: `${(Number(month.amount) / most) * FULL}px` }} />
          <small>{month.month}</small>
        </div>
      ))}
    </div>
  );
}
