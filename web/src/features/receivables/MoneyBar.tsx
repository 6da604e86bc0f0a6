import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { api } from "@/api/client";
import { useCatalog } from "@/api/catalog";
import type { ObjectType, RecordData } from "@/api/types";
import { openQuickCreate } from "@/features/base/openers";
import { useRecord } from "@/features/base/read";
import { useSpeech } from "@/messages";
import { formatMoney } from "@/ui/format";
import { AllocatePanel } from "./AllocatePanel";
import { IssuePanel, RedPanel, WhyPanel } from "./Asking";
import { makesOf, type Make } from "./making";
import { isZero, plain } from "./model";
import { PlanPanel } from "./PlanPanel";
import { useBalance, useMoneyAct } from "./read";
import styles from "./Receivables.module.css";
import "./words";

type Asked = "allocate" | "plan" | "issue" | "red" | "undo" | "refuse" | "reject" | null;
type Label = Make["label"] | `receivables.${"editPlan" | "confirm" | "reject" | "allocate" | "reopen" | "pay" | "undo" | "issue" | "red" | "approve" | "refuse"}`;
type Said = "state.saved" | `receivables.${"confirmed" | "paidBack" | "approved"}`;
interface Act {
  key: string;
  label: Label;
  primary?: boolean;
  ask?: Exclude<Asked, null>;
  /** Posted at once. */
  path?: string;
  said?: Said;
  /** A record that is begun with what is known here. */
  make?: Make;
}

const at = (object: string, record: RecordData) => `/${object === "invoice_request" ? "invoice-requests" : `${object}s`}/${record.id}`;

function ofPayment(base: string, record: RecordData): Act[] {
  const reopen: Act = { key: "reopen", label: "receivables.reopen", path: `${base}/reopen`, said: "state.saved" };
  const status = String(record["status"] ?? "");
  if (status === "pending") return [{ key: "confirm", label: "receivables.confirm", primary: true, path: `${base}/confirm`, said: "receivables.confirmed" }, { key: "reject", label: "receivables.reject", ask: "reject" }];
  if (status !== "confirmed") return [reopen];
  const unused = isZero(plain(record["allocated"])) && isZero(plain(record["refunded"]));
  return [...(isZero(plain(record["available"])) ? [] : [{ key: "allocate", label: "receivables.allocate" as const, primary: true, ask: "allocate" as const }]), ...(unused ? [reopen] : [])];
}

function ofInvoicing(object: string, base: string, record: RecordData): Act[] {
  const status = `${object} ${String(record["status"] ?? "")}`;
  const issue: Act = { key: "issue", label: "receivables.issue", primary: true, ask: "issue" };
  const refuse: Act = { key: "refuse", label: "receivables.refuse", ask: "refuse" };
  if (status === "invoice draft") return [issue];
  if (status === "invoice issued" && !record["red_of"]) return [{ key: "red", label: "receivables.red", ask: "red" }];
  if (status === "invoice_request submitted") return [{ key: "approve", label: "receivables.approve", primary: true, path: `${base}/approve`, said: "receivables.approved" }, refuse];
  return status === "invoice_request approved" ? [issue, refuse] : [];
}

/** What may be done now; who may is asked of the server again. */
function actsOf(object: string, record: RecordData, finance: boolean, plans: boolean): Act[] {
  const base = at(object, record);
  if (object === "contract" || object === "sales_order") return plans ? [{ key: "plan", label: "receivables.editPlan", ask: "plan" }] : [];
  if (!finance) return [];
  if (object === "payment") return ofPayment(base, record);
  if (object === "refund" && record["status"] === "requested") return [{ key: "pay", label: "receivables.pay", primary: true, path: `${base}/pay`, said: "receivables.paidBack" }];
  if (object === "allocation" && record["status"] === "active") return [{ key: "undo", label: "receivables.undo", ask: "undo" }];
  return ofInvoicing(object, base, record);
}

/** Above a record of money: what may be done with it, or where its customer stands. */
export function MoneyBar({ type, id }: { type: ObjectType; id: string }) {
  const record = useRecord(type.api_name, id).data;
  if (!record) return null;
  return type.api_name === "account" ? <OfAccount record={record} /> : <OfRecord type={type} record={record} />;
}

function OfRecord({ type, record }: { type: ObjectType; record: RecordData }) {
  const { t } = useSpeech();
  const catalog = useCatalog();
  const object = type.api_name;
  const { act, busy } = useMoneyAct();
  const [asked, setAsked] = useState<Asked>(null);
  const finance = catalog.object("allocation")?.permissions.create === true;
  const plans = catalog.object("payment_plan")?.permissions.create === true && (type.permissions.update || finance) && !["cancelled", "terminated", "amended"].includes(String(record["status"]));
  const makes = makesOf(object, record, String(record[type.title_field] ?? "")).filter((each) => catalog.object(each.object)?.permissions.create);
  const acts = [...actsOf(object, record, finance, plans), ...makes.map((make): Act => ({ key: make.object, label: make.label, make }))];
  if (acts.length === 0) return null;
  const run = (each: Act) => (each.make ? openQuickCreate(each.make.object, each.make.values) : each.ask ? setAsked(each.ask) : void act(async () => (await api.post(each.path ?? "", { version: record.version })) ?? {}, t(each.said ?? "state.saved")));
  return (
    <div className={styles["bar"]} data-testid="money-bar">
      <span className={styles["spring"]} />
      {acts.map((each) => <Button key={each.key} size="small" type={each.primary ? "primary" : "default"} disabled={busy} onClick={() => run(each)}>{t(each.label)}</Button>)}
      {asked && <Panels asked={asked} object={object} record={record} onClose={() => setAsked(null)} />}
    </div>
  );
}

function Panels({ asked, object, record, onClose }: { asked: Exclude<Asked, null>; object: string; record: RecordData; onClose: () => void }) {
  const { t } = useSpeech();
  const base = at(object, record);
  if (asked === "allocate") return <AllocatePanel payment={record.id} onClose={onClose} />;
  if (asked === "plan") return <PlanPanel object={object} id={record.id} onClose={onClose} />;
  if (asked === "issue") return <IssuePanel record={record} path={`${base}/issue`} onClose={onClose} />;
  if (asked === "red") return <RedPanel record={record} onClose={onClose} />;
  if (asked === "undo") return <WhyPanel title={t("receivables.undo")} label={t("receivables.undoReason")} needed said={t("receivables.undone")} path={`${base}/undo`} name="reason" version={record.version} onClose={onClose} />;
  const title = t(asked === "reject" ? "receivables.reject" : "receivables.refuse");
  return <WhyPanel title={title} label={t("receivables.note")} said={t(asked === "reject" ? "state.saved" : "receivables.refused")} path={`${base}/reject`} name="note" version={record.version} onClose={onClose} />;
}

/** What a customer owes, how much of it is late, what was paid in advance, and the room that is left of the credit limit. */
function OfAccount({ record }: { record: RecordData }) {
  const { t, language } = useSpeech();
  const found = useBalance(record.id, record.version).data;
  if (!found || (found.currencies.length === 0 && !found.limit)) return null;
  return (
    <div className={styles["bar"]} data-testid="balance-bar">
      <span>{t("receivables.outstanding")} <b>{formatMoney(found.outstanding, language)}</b></span>
      {!isZero(plain(found.overdue)) && <span className={styles["late"]}>{t("receivables.overdue")} <b>{formatMoney(found.overdue, language)}</b></span>}
      {!isZero(plain(found.advance)) && <span>{t("receivables.advance")} <b>{formatMoney(found.advance, language)}</b></span>}
      {found.limit && <span className={found.over ? styles["late"] : undefined}>{t("receivables.limit")} <b>{formatMoney(found.limit, language)}</b>{found.room && ` · ${found.over ? t("receivables.over", { amount: formatMoney({ ...found.room, amount: plain(found.room).replace("-", "") }, language) }) : t("receivables.room", { amount: formatMoney(found.room, language) })}`}</span>}
      <span className={styles["spring"]} />
      <Link to="/receivables/statement/$account" params={{ account: record.id }}>{t("receivables.statement")}</Link>
    </div>
  );
}
