import { Button, Input, InputNumber } from "antd";
import { useState } from "react";
import { api, ProblemError } from "@/api/client";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { formatDateTime, formatMoney } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import styles from "./Forecast.module.css";
import { money, type Category, type Line } from "./model";
import { useJudgements, useRefresh } from "./read";

export interface Judged { line: Line; category: Category; currency: string; period: string }

/** A number of one's own beside what the deals say, with its reason; and everybody's before it. */
export function Judge({ about, onClose }: { about: Judged; onClose: () => void }) {
  const { t, say, language } = useSpeech();
  const { line, category, currency, period } = about;
  const place = { period, person: line.id ?? "", category: category.key, currency };
  const current = line.judged[currency]?.[category.key];
  const deals = line.team[currency]?.[category.key]?.amount ?? "0";
  const history = useJudgements(place);
  const refresh = useRefresh();
  const [amount, setAmount] = useState<string | null>(current?.amount ?? deals);
  const [note, setNote] = useState(current?.note ?? "");
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const text = (value: string | null) => (value === null ? t("forecast.historyTaken") : formatMoney(money(value, currency), language));
  const save = async (value: string | null) => {
    if (busy) return;
    setBusy(true);
    try {
      await api.put("/forecasts/judgements", { ...place, amount: value, note: note.trim() || null });
      await refresh();
      onClose();
    } catch (error) {
      if (error instanceof ProblemError) setErrors(error.fields);
      complain(error, t);
      setBusy(false);
    }
  };
  return (
    <Panel
      title={`${line.name ?? ""} · ${say(category.label) || category.key}`}
      onClose={onClose}
      footer={
        <>
          {current && <span style={{ marginRight: "auto" }}><Button type="text" danger loading={busy} onClick={() => void save(null)}>{t("forecast.takeBack")}</Button></span>}
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button type="primary" loading={busy} disabled={amount === null} onClick={() => void save(amount)}>{t("action.save")}</Button>
        </>
      }
    >
      <div className={styles["panel"]}>
        <p className={styles["hint"]}>{t("forecast.judgeHint")}</p>
        <p>{t("forecast.fromDeals", { amount: text(deals) })}</p>
        <FormRow label={`${t("forecast.amount")} (${currency})`} error={errors["amount"]}>{({ id }) => <InputNumber<string> id={id} stringMode autoFocus style={{ width: "100%" }} precision={2} value={amount} onChange={setAmount} onPressEnter={() => amount !== null && void save(amount)} />}</FormRow>
        <FormRow label={t("forecast.note")} error={errors["note"]}>{({ id }) => <Input.TextArea id={id} rows={2} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />}</FormRow>
        <h3>{t("forecast.history")}</h3>
        {history.data?.history.length === 0 && <p className={styles["hint"]}>{t("forecast.historyNone")}</p>}
        <ul className={styles["history"]} data-testid="judgements">
          {history.data?.history.map((each) => (
            <li key={each.at}>
              {each.was !== null && `${text(each.was)} → `}<strong>{text(each.amount)}</strong>{each.note && ` · ${each.note}`}
              <small>{each.by.label ?? ""} · {formatDateTime(each.at, language)}</small>
            </li>
          ))}
        </ul>
      </div>
    </Panel>
  );
}
