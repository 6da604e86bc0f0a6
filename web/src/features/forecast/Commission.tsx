import "@/features/base/partnerWords";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Popconfirm, Select } from "antd";
import { useState } from "react";
import { api } from "@/api/client";
import type { Money, Reference } from "@/api/types";
import { useSpeech } from "@/messages";
import { formatDate, formatMoney, localDay } from "@/ui/format";
import { Bone, ErrorState } from "@/ui/State";
import { complain } from "@/ui/says";
import { Tag } from "@/ui/Tag";
import { toast } from "@/ui/toast";
import styles from "./Forecast.module.css";

const PLACES = ["contract", "sales_order", "opportunity"] as const;
interface Line {
  basis: "received" | "signed" | "won";
  day: string;
  rule: string;
  rate: string;
  base: Money;
  amount: Money;
  adjusts: boolean;
  account: Reference | null;
  contract: Reference | null;
  sales_order: Reference | null;
  opportunity: Reference | null;
}
interface Total { currency: string; base: string; amount: string }
interface Statement { period: string; closed: { at: string } | null; totals: Total[]; expected: Money[]; lines: Line[] }
interface Team { finance: boolean; people: { person: { id: string; label: string | null }; closed: boolean; totals: Total[] }[] }

const KEY = ["commissions"];
const months = (): string[] => Array.from({ length: 12 }, (_, back) => localDay(new Date(new Date().getFullYear(), new Date().getMonth() - back, 1)).slice(0, 7));

/** What a month's commission comes to, deal by deal: one's own, and that of people one leads. */
export default function Commission() {
  const { t } = useSpeech();
  const [period, setPeriod] = useState(() => months()[0] ?? "");
  const [person, setPerson] = useState("");
  const team = useQuery({ queryKey: [...KEY, "team", period], retry: false, queryFn: ({ signal }) => api.get<Team>("/commissions/team", { query: { period }, signal }) });
  const found = useQuery({
    queryKey: [...KEY, person, period],
    retry: false,
    queryFn: ({ signal }) => (person ? api.get<Statement>("/commissions/statement", { query: { person, period }, signal }) : api.get<Statement>("/commissions/mine", { query: { period }, signal })),
  });
  const people = (team.data?.people ?? []).map((each) => ({ value: each.person.id, label: each.person.label ?? "—" }));
  return (
    <section data-testid="commission">
      <header className={styles["head"]}>
        <h2 className={styles["heading"]}>{t("commission.title")}<span className={styles["small"]}>{t("commission.hint")}</span></h2>
        {people.length > 0 && <Select size="small" aria-label={t("commission.whose")} style={{ minWidth: 130 }} value={person} options={[{ value: "", label: t("commission.mine") }, ...people]} onChange={setPerson} />}
        <Select size="small" aria-label={t("commission.month")} style={{ minWidth: 110 }} value={period} options={months().map((each) => ({ value: each, label: each }))} onChange={setPeriod} />
        {team.data?.finance && person && found.data && !found.data.closed && period !== months()[0] && <Close person={person} period={period} />}
      </header>
      {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Bone height={120} />}
      {found.data && <Told data={found.data} />}
    </section>
  );
}

function Told({ data }: { data: Statement }) {
  const { t, language } = useSpeech();
  const sum = (part: "base" | "amount") => (data.totals.length ? data.totals.map((each) => formatMoney({ amount: each[part], currency: each.currency }, language)).join(" + ") : "—");
  return (
    <>
      <dl className={styles["facts"]}>
        <div className={styles["fact"]}><dt>{t("commission.amount")}</dt><dd data-testid="commission-amount">{sum("amount")}</dd></div>
        <div className={styles["fact"]}><dt>{t("commission.base")}</dt><dd>{sum("base")}</dd></div>
        <div className={styles["fact"]}><dt>{t("commission.expected")}</dt><dd>{data.expected.length ? data.expected.map((each) => formatMoney(each, language)).join(" + ") : "—"}</dd></div>
        <div className={styles["fact"]}><dt>{t(data.closed ? "commission.closed" : "commission.open")}</dt><dd>{data.closed ? formatDate(localDay(data.closed.at), language) : "—"}</dd></div>
      </dl>
      {data.lines.length === 0 && <p className={styles["hint"]}>{t("commission.none")}</p>}
      <ul className={styles["deals"]} data-testid="commission-lines">{data.lines.map((line, place) => <Row key={place} line={line} />)}</ul>
    </>
  );
}

function Row({ line }: { line: Line }) {
  const { t, language } = useSpeech();
  const place = PLACES.find((name) => line[name]);
  const to = place && line[place];
  return (
    <li>
      {place && to ? <Link to="/o/$object/$id" params={{ object: place, id: to.id }}>{to.label}</Link> : <span>{line.account?.label ?? "—"}</span>}
      <span className={styles["hint"]}>{[t(`commission.${line.basis}`), formatDate(line.day, language), to ? line.account?.label : null, `${formatMoney(line.base, language)} × ${line.rate}%`, line.rule].filter(Boolean).join(" · ")}</span>
      {line.adjusts && <Tag color="amber">{t("commission.adjusts")}</Tag>}
      <b>{formatMoney(line.amount, language)}</b>
    </li>
  );
}

/** Finance closes a month that is over: it is asked twice, for it is not opened again. */
function Close({ person, period }: { person: string; period: string }) {
  const { t } = useSpeech();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const close = async () => {
    setBusy(true);
    try {
      await api.post("/commissions/close", { person, period });
      toast(t("commission.closeDone"));
    } catch (error) {
      complain(error, t);
    }
    await client.invalidateQueries({ queryKey: KEY });
    setBusy(false);
  };
  return <Popconfirm title={t("commission.closeSure")} okText={t("commission.close")} cancelText={t("action.cancel")} onConfirm={() => void close()}><Button size="small" loading={busy}>{t("commission.close")}</Button></Popconfirm>;
}
