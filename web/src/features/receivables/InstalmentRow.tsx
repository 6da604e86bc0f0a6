import { Input, InputNumber, Select } from "antd";
import { X } from "lucide-react";
import { useSpeech } from "@/messages";
import { IconButton } from "@/ui/IconButton";
import { isAmount, isZero } from "./model";
import styles from "./Receivables.module.css";

export interface Draft {
  key: string;
  id: string | null;
  name: string;
  due: string | null;
  /** Null where it is due on a day. */
  milestone: string | null;
  days: number;
  percent: string;
  amount: string;
  received: string;
  note: string | null;
}
interface Props {
  row: Draft;
  place: number;
  money: (amount: string) => string;
  onChange: (next: Partial<Draft>) => void;
  onRemove: () => void;
}

/** One instalment: its name, when it is due, how much it is of the whole. What was paid on stays. */
export function InstalmentRow({ row, place, money, onChange, onRemove }: Props) {
  const { t } = useSpeech();
  const n = place + 1;
  const label = (what: string) => `${t("receivables.instalment", { n })} ${what}`;
  const paid = !isZero(row.received);
  return (
    <li className={styles["row"]} data-testid="instalment">
      <Input aria-label={label(t("receivables.name"))} value={row.name} maxLength={100} onChange={(event) => onChange({ name: event.target.value })} />
      <Select aria-label={label(t("receivables.due"))} value={row.milestone === null ? "date" : "milestone"} onChange={(kind) => onChange({ milestone: kind === "date" ? null : "" })} options={[{ value: "date", label: t("receivables.byDate") }, { value: "milestone", label: t("receivables.byMilestone") }]} />
      {row.milestone === null ? (
        <Input type="date" aria-label={label(t("receivables.dueOn"))} value={row.due ?? ""} onChange={(event) => onChange({ due: event.target.value || null })} />
      ) : (
        <span className={styles["pair"]}>
          <Input aria-label={label(t("receivables.milestone"))} placeholder={t("receivables.milestone")} value={row.milestone} maxLength={100} onChange={(event) => onChange({ milestone: event.target.value })} />
          <InputNumber aria-label={label(t("receivables.daysAfter"))} style={{ width: "100%" }} min={0} max={720} precision={0} prefix="+" value={row.days} onChange={(days) => onChange({ days: days ?? 0 })} />
        </span>
      )}
      <Input inputMode="decimal" aria-label={label(t("receivables.percent"))} suffix="%" value={row.percent} status={row.percent && !isAmount(row.percent) ? "error" : ""} onChange={(event) => onChange({ percent: event.target.value })} />
      <Input inputMode="decimal" aria-label={label(t("receivables.amount"))} value={row.amount} status={isAmount(row.amount) ? "" : "error"} onChange={(event) => onChange({ amount: event.target.value })} />
      <IconButton small label={label(t("receivables.remove"))} disabled={paid} onClick={onRemove}><X size={14} /></IconButton>
      {paid && <small>{t("receivables.received", { amount: money(row.received) })}</small>}
    </li>
  );
}
