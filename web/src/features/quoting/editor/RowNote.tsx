import { useSpeech } from "@/messages";
import { formatMoney, formatNumber } from "@/ui/format";
import { offList } from "../model/lines";
import type { Line, Worked } from "../model/types";
import { COLUMNS } from "./columns";
import styles from "./Lines.module.css";

/** Beneath the sheet: where the price of the row one stands on is from, what is wrong with it, and the keys. */
export function RowNote({ line, index, worked, currency, locked }: { line: Line | undefined; index: number; worked: Worked | undefined; currency: string | null; locked: boolean }) {
  const { t, language } = useSpeech();
  const problems = line ? Object.entries(worked?.problems ?? {}) : [];
  const list = worked?.list_price ? (currency ? formatMoney({ amount: worked.list_price, currency }, language) : formatNumber(worked.list_price, language)) : "";
  const nameOf = (key: string) => {
    const column = COLUMNS.find((each) => each.key === key);
    return column ? `${t(column.label)}: ` : "";
  };
  return (
    <div className={styles["note"]} data-testid="row-note" aria-live="polite">
      {line?.unknown && <p className={styles["problem"]}>{t("quoting.unknownProduct", { name: line.unknown })}</p>}
      {problems.map(([key, message]) => <p key={key} className={styles["problem"]}>{nameOf(key)}{message}</p>)}
      {line && worked?.price_reason && <p><b>{index + 1}</b> {worked.price_reason}{offList(line, worked) && list && <span className={styles["offNote"]}>{t("quoting.listIs", { price: list })}</span>}</p>}
      {!locked && <p className={styles["keys"]}>{t("quoting.keys")}</p>}
    </div>
  );
}
