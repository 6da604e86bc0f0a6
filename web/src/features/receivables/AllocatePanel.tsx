import { Button, Input, Select } from "antd";
import { useState, type KeyboardEvent } from "react";
import { api, ProblemError } from "@/api/client";
import { useSpeech } from "@/messages";
import { sumDecimals } from "@/ui/decimal";
import { businessDay, formatDate, formatMoney } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { Bone, ErrorState } from "@/ui/State";
import { complain } from "@/ui/says";
import { above, daysLate, isAmount, isZero, least, minus, typed, type OpenInvoice, type OpenItems, type OpenPlan, type Part } from "./model";
import { useMoneyAct, useOpenItems } from "./read";
import styles from "./Receivables.module.css";

/** What is typed for one row: how much, and with which invoice. */
interface Row {
  amount: string;
  invoice: string | null;
}
type Rows = Record<string, Row>;
const EMPTY: Row = { amount: "", invoice: null };

/** A proposal, row by row; of an instalment with two invoices the first is named and the rest stands beside it. */
function proposed(parts: readonly Part[]): Rows {
  const rows: Rows = {};
  for (const part of parts) {
    const key = part.payment_plan ?? part.invoice ?? "";
    const known = rows[key];
    rows[key] = known ? { amount: sumDecimals([known.amount, part.amount]) ?? "0", invoice: null } : { amount: part.amount, invoice: part.payment_plan ? part.invoice : null };
  }
  return rows;
}

/** 核销: which instalments and invoices a payment pays, with what is left as it is typed. */
export function AllocatePanel({ payment, onClose }: { payment: string; onClose: () => void }) {
  const { t } = useSpeech();
  const found = useOpenItems(payment);
  return found.data ? <Sheet key={found.dataUpdatedAt} data={found.data} onClose={onClose} /> : <Panel wide title={t("receivables.allocate")} onClose={onClose}>{found.isError ? <ErrorState error={found.error} /> : <Bone height={240} />}</Panel>;
}

function Sheet({ data, onClose }: { data: OpenItems; onClose: () => void }) {
  const { t, language } = useSpeech();
  const [rows, setRows] = useState<Rows>(() => proposed(data.proposal));
  const [refusals, setRefusals] = useState<Record<string, string>>({});
  const { act, busy } = useMoneyAct();
  const { available } = data.payment;
  const money = (amount: string) => formatMoney({ amount, currency: available.currency }, language);
  const given = Object.entries(rows).filter(([, row]) => isAmount(row.amount) && !isZero(typed(row.amount)));
  const rest = minus(available.amount ?? "0", given.map(([, row]) => typed(row.amount)));
  const tooMuch = rest.startsWith("-");
  const set = (key: string, change: Partial<Row>) => setRows((old) => ({ ...old, [key]: { ...(old[key] ?? EMPTY), ...change } }));
  const fill = (key: string, outstanding: string) => {
    const others = minus(available.amount ?? "0", given.filter(([each]) => each !== key).map(([, row]) => typed(row.amount)));
    set(key, { amount: others.startsWith("-") ? "" : least(outstanding, others) });
  };
  const plans = new Set(data.plans.map((each) => each.id));
  const allocate = async () => {
    const parts = given.map(([key, row]) => ({ ...(plans.has(key) ? { payment_plan: key, ...(row.invoice ? { invoice: row.invoice } : {}) } : { invoice: key }), amount: typed(row.amount) }));
    setRefusals({});
    const done = await act(async () => {
      try {
        return await api.post(`/payments/${data.payment.id}/allocations`, { version: data.payment.version, allocations: parts });
      } catch (error) {
        if (error instanceof ProblemError) setRefusals(Object.fromEntries(error.errors.map((each) => [given[Number(each.pointer.split("/")[2])]?.[0] ?? "", each.message])));
        throw error;
      }
    }, t("receivables.allocated"));
    if (done) onClose();
  };
  const confirmed = data.payment.status === "confirmed";
  const can = data.may_allocate && confirmed && given.length > 0 && !tooMuch;
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && can) void allocate().catch((error: unknown) => complain(error, t));
    move(event);
  };
  const footer = (
    <>
      <Button onClick={onClose}>{t("action.cancel")}</Button>
      <Button type="primary" loading={busy} disabled={!can || busy} onClick={() => void allocate()}>{t("receivables.allocate")}</Button>
    </>
  );
  const line = { rows, refusals, money, onSet: set, onFill: fill };
  return (
    <Panel wide title={`${t("receivables.allocate")} · ${data.payment.number}`} onClose={onClose} footer={footer}>
      <div onKeyDown={keys} data-testid="allocate">
        <div className={styles["rest"]}>
          <span><small>{t("receivables.available")}</small><b>{money(available.amount ?? "0")}</b></span>
          <span aria-live="polite"><small>{t("receivables.rest")}</small><b data-testid="rest" className={tooMuch ? styles["late"] : undefined}>{tooMuch ? t("receivables.aboveRest", { amount: money(rest.slice(1)) }) : money(rest)}</b></span>
          <span className={styles["spring"]} />
          <Button size="small" onClick={() => setRows(proposed(data.proposal))}>{t("receivables.propose")}</Button>
          <Button size="small" onClick={() => setRows({})}>{t("receivables.clear")}</Button>
        </div>
        {!confirmed && <p className={styles["late"]}>{t("receivables.unconfirmed")}</p>}
        {data.plans.length + data.invoices.length === 0 && <p className={styles["hint"]}>{t("receivables.noOpen")}</p>}
        {data.plans.length > 0 && <><h3 className={styles["hint"]}>{t("receivables.openPlans")}</h3><ul className={styles["items"]}>{data.plans.map((plan) => <PlanLine key={plan.id} plan={plan} invoices={data.invoices} {...line} />)}</ul></>}
        {data.invoices.length > 0 && <><h3 className={styles["hint"]}>{t("receivables.openInvoices")}</h3><ul className={styles["items"]}>{data.invoices.map((invoice) => <InvoiceLine key={invoice.id} invoice={invoice} {...line} />)}</ul></>}
        <p className={styles["hint"]}>{t("receivables.keys")}</p>
      </div>
    </Panel>
  );
}

/** Up and down go from amount to amount. */
function move(event: KeyboardEvent) {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  if (!(event.target instanceof HTMLInputElement) || !event.target.dataset["amount"]) return;
  const inputs = [...event.currentTarget.querySelectorAll<HTMLInputElement>("input[data-amount]")];
  const next = inputs[inputs.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
  event.preventDefault();
  next?.focus();
  next?.select();
}

interface LineProps {
  rows: Rows;
  refusals: Record<string, string>;
  money: (amount: string) => string;
  onSet: (key: string, change: Partial<Row>) => void;
  onFill: (key: string, outstanding: string) => void;
}

function Amount({ id, label, outstanding, rows, refusals, onSet, onFill }: { id: string; label: string; outstanding: string } & LineProps) {
  const amount = rows[id]?.amount ?? "";
  const bad = amount !== "" && (!isAmount(amount) || above(typed(amount), outstanding));
  const space = (event: KeyboardEvent) => {
    if (event.key !== " ") return;
    event.preventDefault();
    onFill(id, outstanding);
  };
  return <Input inputMode="decimal" data-amount="yes" aria-label={label} value={amount} status={bad || refusals[id] ? "error" : ""} placeholder={outstanding} onKeyDown={space} onChange={(event) => onSet(id, { amount: event.target.value })} onDoubleClick={() => onFill(id, outstanding)} />;
}

function PlanLine({ plan, invoices, ...line }: { plan: OpenPlan; invoices: OpenInvoice[] } & LineProps) {
  const { t, language } = useSpeech();
  const late = daysLate(plan.due_on, businessDay());
  const mine = invoices.filter((each) => (plan.contract !== null && each.contract === plan.contract) || (plan.sales_order !== null && each.sales_order === plan.sales_order));
  return (
    <li className={styles["item"]} data-testid="open-plan">
      <div className={styles["face"]}>
        <b>{plan.document ? `${plan.document} · ${plan.name}` : plan.name}</b>
        <small>{plan.due_on ? formatDate(plan.due_on, language) : t("receivables.undated")}{late > 0 && <span className={styles["late"]}> {t("receivables.late", { n: late })}</span>} · {t("receivables.open", { amount: line.money(plan.outstanding) })}</small>
      </div>
      {mine.length > 0 ? <Select aria-label={`${t("receivables.withInvoice")} ${plan.name}`} popupMatchSelectWidth={false} value={line.rows[plan.id]?.invoice ?? ""} onChange={(invoice) => line.onSet(plan.id, { invoice: invoice || null })} options={[{ value: "", label: t("receivables.noInvoice") }, ...mine.map((each) => ({ value: each.id, label: each.invoice_number ?? each.number }))]} /> : <span />}
      <Amount id={plan.id} label={plan.name} outstanding={plan.outstanding} {...line} />
      {line.refusals[plan.id] && <span className={styles["refusal"]} role="alert">{line.refusals[plan.id]}</span>}
    </li>
  );
}

function InvoiceLine({ invoice, ...line }: { invoice: OpenInvoice } & LineProps) {
  const { t } = useSpeech();
  return (
    <li className={styles["item"]}>
      <div className={styles["face"]}><b>{invoice.invoice_number ?? invoice.number}</b><small>{t("receivables.open", { amount: line.money(invoice.outstanding) })}</small></div>
      <span />
      <Amount id={invoice.id} label={invoice.number} outstanding={invoice.outstanding} {...line} />
      {line.refusals[invoice.id] && <span className={styles["refusal"]} role="alert">{line.refusals[invoice.id]}</span>}
    </li>
  );
}
