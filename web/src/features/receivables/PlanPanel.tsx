import { Button, Input, InputNumber } from "antd";
import { Plus } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { sumDecimals } from "@/ui/decimal";
import { businessDay, formatMoney } from "@/ui/format";
import { complain } from "@/ui/says";
import { Panel } from "@/ui/Panel";
import { Bone, ErrorState } from "@/ui/State";
import { isAmount, isZero, minus, percentOf, plain, scaleOf, shareOf, typed, type Instalment } from "./model";
import { InstalmentRow, type Draft } from "./InstalmentRow";
import { useMoneyAct, usePlan, useTemplates } from "./read";
import styles from "./Receivables.module.css";

const draftOf = (row: Instalment, key: string): Draft => ({
  key, id: row.id ?? null, name: row.name, due: row.due_on ?? null, milestone: row.milestone ?? null, days: Number(row.days_after ?? 0),
  percent: (row.percent ?? "").replace(/\.0+$|(\.\d*?)0+$/, "$1"), amount: plain(row.amount), received: plain(row.allocated), note: row.note ?? null,
});
let last = 0;
const fresh = () => `new ${++last}`;

/** The plan of a contract or order as a whole: from a template or by hand, in percent or amounts, exactly the sum. */
export function PlanPanel({ object, id, onClose }: { object: string; id: string; onClose: () => void }) {
  const { t } = useSpeech();
  const found = usePlan(object, id);
  if (found.data?.total) return <Sheet key={found.dataUpdatedAt} object={object} id={id} version={found.data.version} total={found.data.total} currency={found.data.currency} rows={found.data.instalments} onClose={onClose} />;
  const nothing = found.data ? <p className={styles["hint"]}>{t("receivables.nothing")}</p> : <Bone height={240} />;
  return <Panel wide title={t("receivables.plan")} onClose={onClose}>{found.isError ? <ErrorState error={found.error} /> : nothing}</Panel>;
}

interface SheetProps {
  object: string;
  id: string;
  version: number;
  total: string;
  currency: string;
  rows: Instalment[];
  onClose: () => void;
}

function Sheet({ object, id, version, total, currency, rows, onClose }: SheetProps) {
  const { t, language } = useSpeech();
  const [drafts, setDrafts] = useState<Draft[]>(() => rows.map((row) => draftOf(row, row.id ?? fresh())));
  const { act, busy } = useMoneyAct();
  const scale = scaleOf(total);
  const money = (amount: string) => formatMoney({ amount, currency }, language);
  const left = minus(total, drafts.filter((row) => isAmount(row.amount)).map((row) => typed(row.amount)));
  const exact = isZero(left) && drafts.length > 0;
  const change = (key: string, next: Partial<Draft>) => setDrafts((old) => old.map((row) => (row.key === key ? follow({ ...row, ...next }, next, total, scale) : row)));
  const rest = () => setDrafts((old) => old.map((row, place) => (place === old.length - 1 ? follow({ ...row, amount: sumDecimals([typed(row.amount), left]) ?? left }, { amount: "" }, total, scale) : row)));
  const save = async () => {
    const instalments = drafts.map((row) => ({
      ...(row.id ? { id: row.id } : {}), name: row.name.trim(), amount: typed(row.amount), ...(row.percent && isAmount(row.percent) ? { percent: typed(row.percent) } : {}),
      ...(row.milestone !== null ? { milestone: row.milestone, days_after: row.days } : { due_on: row.due }), ...(row.note ? { note: row.note } : {}),
    }));
    const done = await act(() => api.put(`/plans/${object}/${id}`, { version, instalments }), t("receivables.planSaved"));
    if (done) onClose();
  };
  const whole = drafts.every((row) => row.name.trim() && isAmount(row.amount) && !isZero(typed(row.amount)) && (row.milestone === null ? row.due : row.milestone.trim()));
  const said = exact ? t("receivables.exact", { amount: money(total) }) : left.startsWith("-") ? t("receivables.tooMuch", { amount: money(left.slice(1)) }) : t("receivables.left", { amount: money(left) });
  const footer = (
    <>
      <span className={exact ? styles["good"] : styles["late"]} data-testid="plan-left" aria-live="polite">{said}</span>
      <span className={styles["spring"]} />
      <Button onClick={onClose}>{t("action.cancel")}</Button>
      <Button type="primary" loading={busy} disabled={!exact || !whole || busy} onClick={() => void save()}>{t("action.save")}</Button>
    </>
  );
  return (
    <Panel wide title={`${t("receivables.plan")} · ${money(total)}`} onClose={onClose} footer={footer}>
      <div data-testid="plan-editor">
        <Begin object={object} id={id} onBegin={(made) => setDrafts((old) => [...old.filter((row) => !isZero(row.received)), ...made.map((row) => draftOf(row, fresh()))])} />
        <ul className={styles["rows"]}>
          {drafts.map((row, place) => <InstalmentRow key={row.key} row={row} place={place} money={money} onChange={(next) => change(row.key, next)} onRemove={() => setDrafts((old) => old.filter((each) => each.key !== row.key))} />)}
        </ul>
        <Button size="small" icon={<Plus size={14} />} onClick={() => setDrafts((old) => [...old, draftOf({ name: t("receivables.instalment", { n: old.length + 1 }), due_on: businessDay(), amount: left.startsWith("-") ? "0" : left, percent: left.startsWith("-") ? "" : percentOf(total, left, scale) }, fresh())])}>{t("receivables.add")}</Button>
        {!exact && drafts.length > 0 && !left.startsWith("-") && <Button size="small" type="link" onClick={rest}>{t("receivables.restHere")}</Button>}
      </div>
    </Panel>
  );
}

/** A typed share sets the amount; a typed amount says its share. */
function follow(row: Draft, changed: Partial<Draft>, total: string, scale: number): Draft {
  if (changed.percent !== undefined && isAmount(row.percent)) return { ...row, amount: shareOf(total, typed(row.percent), scale) };
  if (changed.amount !== undefined && isAmount(row.amount)) return { ...row, percent: percentOf(total, typed(row.amount), scale) };
  return row;
}

function Begin({ object, id, onBegin }: { object: string; id: string; onBegin: (rows: Instalment[]) => void }) {
  const { t, say } = useSpeech();
  const templates = useTemplates().data ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const [count, setCount] = useState(3);
  const [from, setFrom] = useState(() => businessDay());
  const [busy, setBusy] = useState(false);
  const begin = async () => {
    setBusy(true);
    try {
      const made = await api.post<{ instalments: Instalment[] }>("/plans/preview", { document: object, id, template: chosen, count, starts_on: from });
      onBegin(made.instalments);
    } catch (error) {
      complain(error, t);
    }
    setBusy(false);
  };
  const counted = templates.find((each) => each.key === chosen)?.counted;
  return (
    <div className={styles["begin"]}>
      <label>{t("receivables.template")}<Choose label={t("receivables.template")} clearable={false} value={chosen} onPick={(key) => setChosen(key as string)} options={templates.map((each) => ({ value: each.key, text: say(each.label) }))} /></label>
      {counted && <label>{t("receivables.count")}<InputNumber style={{ width: "100%" }} min={1} max={120} value={count} onChange={(next) => setCount(next ?? 1)} /></label>}
      <label>{t("receivables.startsOn")}<Input type="date" value={from} onChange={(event) => event.target.value && setFrom(event.target.value)} /></label>
      <Button disabled={!chosen || busy} loading={busy} onClick={() => void begin()}>{t("receivables.apply")}</Button>
    </div>
  );
}
