import { useSpeech } from "@/messages";
import { formatMoney } from "@/ui/format";
import styles from "./Forecast.module.css";
import { money, type Standing } from "./model";

/** What is to be reached, how much of it is, and what is missing. */
export function TargetCell({ standing, currency }: { standing: Standing; currency: string }) {
  const { t, language } = useSpeech();
  if (standing.target === null) return <span className={styles["hint"]}>{t("forecast.noTarget")}</span>;
  const text = (amount: string) => formatMoney(money(amount, currency), language, 0);
  const share = Math.min(100, Number(standing.share ?? 0));
  return (
    <>
      <span>{text(standing.target)} <span className={styles["hint"]}>{`${standing.share ?? "0"}%`}</span></span>
      <div className={styles["bar"]} role="img" aria-label={`${t("forecast.attained")} ${standing.share ?? "0"}%`}><span style={{ width: `${share}%` }} /></div>
      {standing.missing !== "0" && standing.missing && <span className={styles["small"]}>{t("forecast.missing")} {text(standing.missing)}</span>}
    </>
  );
}
