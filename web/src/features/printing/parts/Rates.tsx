import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { X } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import { useSpeech } from "@/messages";
import { businessDay } from "@/ui/format";
import { IconButton } from "@/ui/IconButton";
import { complain } from "@/ui/says";
import { ErrorState } from "@/ui/State";
import styles from "../Printing.module.css";

interface Rate { currency: string; day: string; rate: string }
const KEY = ["exchange-rates"];

/** What one unit of another currency is worth from a day on; documents take the latest known on their day. */
export function Rates() {
  const { t } = useSpeech();
  const client = useQueryClient();
  const query = useQuery({ queryKey: KEY, queryFn: ({ signal }) => api.get<{ currency: string; rates: Rate[] }>("/exchange-rates", { signal }) });
  const [draft, setDraft] = useState<Rate>({ currency: "", day: businessDay(), rate: "" });
  const [busy, setBusy] = useState(false);
  const set = (change: Partial<Rate>) => setDraft((old) => ({ ...old, ...change }));
  const run = async (write: () => Promise<unknown>) => {
    setBusy(true);
    try {
      await write();
      await client.invalidateQueries({ queryKey: KEY });
      set({ rate: "" });
    } catch (error) {
      complain(error, t);
    }
    setBusy(false);
  };
  const ready = /^[A-Z]{3}$/.test(draft.currency) && /^\d{4}-\d{2}-\d{2}$/.test(draft.day) && Number(draft.rate) > 0;
  return (
    <section data-testid="rates">
      <h3 className={styles["sub"]}>{t("print.ratesTitle")}</h3>
      <p className={styles["hint"]}>{t("print.ratesHint", { currency: query.data?.currency ?? "" })}</p>
      <div className={styles["rates"]}>
        <Input style={{ width: 90 }} aria-label={t("print.rateCurrency")} maxLength={3} value={draft.currency} onChange={(event) => set({ currency: event.target.value.toUpperCase() })} />
        <Input style={{ width: 150 }} type="date" aria-label={t("print.rateDay")} value={draft.day} onChange={(event) => set({ day: event.target.value })} />
        <Input style={{ width: 120 }} inputMode="decimal" aria-label={t("print.rate")} value={draft.rate} onChange={(event) => set({ rate: event.target.value.trim() })} />
        <Button loading={busy} disabled={!ready} onClick={() => void run(() => api.put("/exchange-rates", { rates: [draft] }))}>{t("print.add")}</Button>
      </div>
      {query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      <ul className={styles["list"]}>
        {query.data?.rates.slice(0, 50).map((each) => (
          <li key={`${each.currency} ${each.day}`} className={styles["row"]}>
            <span className={styles["name"]}>{each.currency}</span>
            <span>{each.day}</span>
            <span className={styles["code"]}>{each.rate}</span>
            <IconButton small label={t("print.drop")} disabled={busy} onClick={() => void run(() => api.delete(`/exchange-rates/${each.currency}/${each.day}`))}><X size={14} /></IconButton>
          </li>
        ))}
      </ul>
    </section>
  );
}
