import { useSpeech, type MessageKey } from "@/messages";
import { cx } from "@/ui/cx";
import { formatMoney } from "@/ui/format";
import styles from "./Forecast.module.css";
import { isNegative, isZero, money, type Kind } from "./model";

export const kindKey = (kind: string) => `forecast.kind.${kind}` as MessageKey & `forecast.kind.${string}`;

interface Props { opening: string; closing: string; movements: readonly Kind[]; currency: string; onSee: (kind: string) => void }

/** The report in numbers: opening, each movement with its deals, closing; it adds up. */
export function ChangesTable({ opening, closing, movements, currency, onSee }: Props) {
  const { t, language } = useSpeech();
  const text = (amount: string) => formatMoney(money(amount, currency), language);
  return (
    <table className={styles["table"]} data-testid="forecast-changes">
      <thead><tr><th>{t("forecast.movement")}</th><th className={styles["right"]}>{t("forecast.count")}</th><th className={styles["right"]}>{t("forecast.amount")}</th></tr></thead>
      <tbody>
        <tr className={styles["edge"]}><td>{t("forecast.opening")}</td><td /><td className={styles["right"]}>{text(opening)}</td></tr>
        {movements.map((each) => (
          <tr key={each.kind} data-kind={each.kind}>
            <td>
              {each.kind === "gone" ? <span title={t("forecast.goneHint")}>{t(kindKey(each.kind))}</span> : <button type="button" className={styles["link"]} onClick={() => onSee(each.kind)}>{t(kindKey(each.kind))}</button>}
              {isZero(each.amount) && !isZero(each.turned) && <small className={styles["small"]}>{t("forecast.within", { amount: text(each.turned) })}</small>}
            </td>
            <td className={styles["right"]}>{each.count.toLocaleString()}</td>
            <td className={cx(styles["right"], !isZero(each.amount) && (isNegative(each.amount) ? styles["down"] : styles["up"]))}>{`${isNegative(each.amount) || isZero(each.amount) ? "" : "+"}${text(each.amount)}`}</td>
          </tr>
        ))}
        <tr className={styles["edge"]}><td>{t("forecast.closing")}</td><td /><td className={styles["right"]}>{text(closing)}</td></tr>
      </tbody>
    </table>
  );
}
