import { useSpeech } from "@/messages";
import { categoryOf } from "@/tokens/theme";
import { cx } from "@/ui/cx";
import { Dot } from "@/ui/Tag";
import { useAmountText } from "./amounts";
import styles from "./Funnel.module.css";
import type { StageRow } from "./model";

interface Props {
  rows: Record<"open" | "won" | "lost", StageRow[]>;
  withSum: boolean;
  onSee: (key: string) => void;
}

/** The funnel in numbers; each row leads to its records. */
export function FunnelTable({ rows, withSum, onSee }: Props) {
  const { t, say } = useSpeech();
  const amountText = useAmountText();
  const all = [...rows.open, ...rows.won, ...rows.lost];
  return (
    <table className={styles["table"]}>
      <thead>
        <tr>
          <th>{t("funnel.stage")}</th>
          <th className={styles["number"]}>{t("funnel.count")}</th>
          {withSum && <th className={styles["number"]}>{t("funnel.sum")}</th>}
          <th title={t("funnel.conversionHint")}>{t("funnel.conversion")}</th>
        </tr>
      </thead>
      <tbody>
        {all.map((row) => {
          const name = say(row.choice.label);
          return (
            <tr key={row.choice.key} className={cx(row === rows.won[0] && styles["apart"])} data-testid={`funnel-stage-${row.choice.key}`} onClick={() => onSee(row.choice.key)}>
              <td><button type="button" className={styles["stage"]} aria-label={t("funnel.see", { name, n: row.count })}><Dot color={row.choice.color} />{name}</button></td>
              <td className={styles["number"]}>{row.count.toLocaleString()}</td>
              {withSum && <td className={styles["number"]}>{amountText(row.sum)}</td>}
              <td>
                {row.conversion !== null && (
                  <span className={styles["share"]}>
                    <b>{`${Math.round(row.conversion * 100)}%`}</b>
                    <span className={styles["bar"]}><span style={{ width: `${Math.min(100, row.conversion * 100)}%`, background: `var(--cat-${categoryOf(row.choice.color)}-solid)` }} /></span>
                  </span>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
