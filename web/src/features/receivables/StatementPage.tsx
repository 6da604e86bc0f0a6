import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Button, Input, Select } from "antd";
import { Printer } from "lucide-react";
import { useCatalog } from "@/api/catalog";
import { useRecord } from "@/features/base/read";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { businessDay, formatMoney } from "@/ui/format";
import { Bone, ErrorState } from "@/ui/State";
import { useStatement } from "./read";
import styles from "./Receivables.module.css";
import "./words";

interface Search {
  from?: string;
  to?: string;
  currency?: string;
}

/** 对账单: what a customer owed, what happened, what is owed now; fit to print and send. */
export function StatementPage() {
  const { account = "" } = useParams({ strict: false });
  const search = useSearch({ strict: false }) as Search;
  const { t, language } = useSpeech();
  const catalog = useCatalog();
  const navigate = useNavigate();
  const now = businessDay();
  const from = search.from ?? `${now.slice(0, 4)}-01-01`;
  const to = search.to ?? now;
  const customer = useRecord("account", account).data;
  const found = useStatement(account, { from, to, currency: search.currency });
  const set = (change: Partial<Search>) => void navigate({ to: ".", replace: true, search: ((old: Search) => ({ ...old, ...change })) as never });
  const data = found.data;
  const money = (amount: string | null) => (amount === null || !data ? "" : formatMoney({ amount, currency: data.currency }, language));
  const name = String(customer?.[catalog.object("account")?.title_field ?? "name"] ?? "");
  return (
    <div className={cx(styles["page"], styles["printed"])} data-testid="statement">
      <div className={styles["sheet"]}>
        <header className={styles["head"]}><h1 className={styles["title"]}>{t("receivables.statement")} · <Link to="/o/$object/$id" params={{ object: "account", id: account }}>{name}</Link></h1></header>
        <div className={styles["tools"]}>
          <label>{t("receivables.from")}<Input type="date" value={from} max={to} onChange={(event) => event.target.value && set({ from: event.target.value })} /></label>
          <label>{t("receivables.to")}<Input type="date" value={to} min={from} onChange={(event) => event.target.value && set({ to: event.target.value })} /></label>
          {data && data.currencies.length > 1 && <label>{t("receivables.currency")}<Select value={data.currency} onChange={(currency) => set({ currency })} options={data.currencies.map((each) => ({ value: each, label: each }))} /></label>}
          <span className={styles["spring"]} />
          <Button icon={<Printer size={14} />} onClick={() => window.print()}>{t("receivables.print")}</Button>
        </div>
        {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
        {found.isPending && <Bone height={240} />}
        {data && (
          <div className={styles["wrap"]}>
            <p className={styles["hint"]}>{from} – {to} · {data.currency}</p>
            <table className={styles["table"]}>
              <thead><tr><th>{t("receivables.day")}</th><th>{t("receivables.what")}</th><th className={styles["number"]}>{t("receivables.due")}</th><th className={styles["number"]}>{t("receivables.paid")}</th><th className={styles["number"]}>{t("receivables.refunded")}</th><th className={styles["number"]}>{t("receivables.balance")}</th></tr></thead>
              <tbody>
                <tr><td>{from}</td><td>{t("receivables.opening")}</td><td /><td /><td /><td className={styles["number"]} data-testid="opening">{money(data.opening)}</td></tr>
                {data.movements.map((each) => (
                  <tr key={`${each.kind} ${each.id}`} data-testid="movement">
                    <td>{each.day}</td>
                    <td><Link to="/o/$object/$id" params={{ object: each.object, id: each.id }}>{t(`receivables.kind.${each.kind}`)} {each.number ?? ""}</Link> <span className={styles["faint"]}>{each.text}</span></td>
                    <td className={styles["number"]}>{money(each.due)}</td><td className={styles["number"]}>{money(each.paid)}</td><td className={styles["number"]}>{money(each.refunded)}</td><td className={styles["number"]}>{money(each.balance)}</td>
                  </tr>
                ))}
                {data.movements.length === 0 && <tr><td colSpan={6} className={styles["hint"]}>{t("receivables.noMovements")}</td></tr>}
              </tbody>
              <tfoot><tr><td>{to}</td><td>{t("receivables.closing")}</td><td /><td /><td /><td className={styles["number"]} data-testid="closing">{money(data.closing)}</td></tr></tfoot>
            </table>
          </div>
        )}
      </div>
    </div>
  );
}
