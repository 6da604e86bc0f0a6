import { Button, Input } from "antd";
import { useState } from "react";
import { api } from "@/api/client";
import type { Money, RecordData } from "@/api/types";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { businessDay, formatMoney } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { isAmount, plain, typed } from "./model";
import { useMoneyAct } from "./read";

const TWENTY = /^\d{20}$/;
const DIGITAL = new Set(["special", "general"]);

interface SaidProps {
  title: string;
  label: string;
  needed?: boolean;
  said: string;
  path: string;
  /** What the words are sent as. */
  name: string;
  version: number | undefined;
  onClose: () => void;
}

/** Why, in a sentence. */
export function WhyPanel({ title, label, needed = false, said, path, name, version, onClose }: SaidProps) {
  const { t } = useSpeech();
  const [words, setWords] = useState("");
  const { act, busy } = useMoneyAct();
  const send = async () => {
    const body = { ...(version === undefined ? {} : { version }), ...(words.trim() ? { [name]: words.trim() } : {}) };
    if (await act(async () => (await api.post(path, body)) ?? {}, said)) onClose();
  };
  return (
    <Panel title={title} onClose={onClose} footer={<><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="primary" loading={busy} disabled={busy || (needed && !words.trim())} onClick={() => void send()}>{title}</Button></>}>
      <FormRow label={label} required={needed}>{({ id }) => <Input.TextArea id={id} rows={3} maxLength={255} value={words} onChange={(event) => setWords(event.target.value)} />}</FormRow>
    </Panel>
  );
}

interface IssueProps {
  record: RecordData;
  path: string;
  onClose: () => void;
}

/** The number that the tax office gave, and its day. */
export function IssuePanel({ record, path, onClose }: IssueProps) {
  const { t } = useSpeech();
  const digital = DIGITAL.has(String(record["kind"]));
  const [number, setNumber] = useState(() => String(record["invoice_number"] ?? ""));
  const [day, setDay] = useState(() => businessDay());
  const { act, busy } = useMoneyAct();
  const good = digital ? TWENTY.test(number.trim()) : true;
  const send = async () => {
    const body = { version: record.version, issued_on: day, ...(number.trim() ? { invoice_number: number.trim() } : {}) };
    if (await act(async () => (await api.post(path, body)) ?? {}, t("receivables.issued"))) onClose();
  };
  return (
    <Panel title={t("receivables.issue")} onClose={onClose} footer={<><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="primary" loading={busy} disabled={busy || !good} onClick={() => void send()}>{t("receivables.issue")}</Button></>}>
      <FormRow label={t("receivables.invoiceNumber")} required={digital} help={digital ? t("receivables.twenty") : undefined}>{({ id, describedBy }) => <Input id={id} aria-describedby={describedBy} inputMode="numeric" maxLength={30} value={number} status={number && !good ? "error" : ""} onChange={(event) => setNumber(event.target.value)} />}</FormRow>
      <FormRow label={t("receivables.issuedOn")}>{({ id }) => <Input id={id} type="date" value={day} onChange={(event) => event.target.value && setDay(event.target.value)} />}</FormRow>
    </Panel>
  );
}

/** A red invoice over a part or all that is left. */
export function RedPanel({ record, onClose }: { record: RecordData; onClose: () => void }) {
  const { t, language } = useSpeech();
  const digital = DIGITAL.has(String(record["kind"]));
  const [number, setNumber] = useState("");
  const [amount, setAmount] = useState("");
  const [reason, setReason] = useState("");
  const { act, busy } = useMoneyAct();
  const total = record["total"] as Money | null;
  const good = reason.trim() !== "" && (!digital || TWENTY.test(number.trim())) && (amount === "" || isAmount(amount));
  const send = async () => {
    const body = { version: record.version, reason: reason.trim(), ...(amount ? { amount: typed(amount) } : {}), ...(number.trim() ? { invoice_number: number.trim() } : {}) };
    if (await act(async () => (await api.post(`/invoices/${record.id}/red`, body)) ?? {}, t("receivables.redDone"))) onClose();
  };
  return (
    <Panel title={t("receivables.red")} onClose={onClose} footer={<><Button onClick={onClose}>{t("action.cancel")}</Button><Button danger type="primary" loading={busy} disabled={busy || !good} onClick={() => void send()}>{t("receivables.red")}</Button></>}>
      <FormRow label={t("receivables.redReason")} required>{({ id }) => <Input id={id} maxLength={255} value={reason} onChange={(event) => setReason(event.target.value)} />}</FormRow>
      <FormRow label={t("receivables.redAmount")} help={t("receivables.redAll", { amount: formatMoney({ amount: plain(total), currency: total?.currency ?? null } as Money, language) })}>{({ id, describedBy }) => <Input id={id} aria-describedby={describedBy} inputMode="decimal" suffix={total?.currency} value={amount} status={amount && !isAmount(amount) ? "error" : ""} onChange={(event) => setAmount(event.target.value)} />}</FormRow>
      <FormRow label={t("receivables.redNumber")} required={digital} help={digital ? t("receivables.twenty") : undefined}>{({ id, describedBy }) => <Input id={id} aria-describedby={describedBy} inputMode="numeric" maxLength={30} value={number} onChange={(event) => setNumber(event.target.value)} />}</FormRow>
    </Panel>
  );
}
