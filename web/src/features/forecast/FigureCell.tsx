import { PencilLine } from "lucide-react";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { formatMoney } from "@/ui/format";
import { IconButton } from "@/ui/IconButton";
import styles from "./Forecast.module.css";
import { difference, isNegative, isZero, money, type Category, type Cell, type Line } from "./model";
import { useSeeDeals } from "./read";

interface Props {
  line: Line;
  category: Category;
  currency: string;
  period: string;
  name: string;
  onJudge: (() => void) | null;
}

const NOTHING: Cell = { amount: "0", weighted: "0", count: 0 };

/** The figures of one line in one category. */
function figuresOf(line: Line, category: string, currency: string) {
  const cell = line.team[currency]?.[category] ?? NOTHING;
  const forecast = line.forecast[currency]?.[category] ?? "0";
  const before = line.before[currency]?.[category]?.amount;
  return { cell, forecast, note: line.judged[currency]?.[category]?.note ?? undefined, delta: before === undefined ? "0" : difference(cell.amount, before), judged: !isZero(difference(forecast, cell.amount)) };
}

/** What a line has in a category: the judged number where there is one, the deals behind it, and last week's difference. */
export function FigureCell({ line, category, currency, period, name, onJudge }: Props) {
  const { t, say, language } = useSpeech();
  const see = useSeeDeals();
  const { cell, forecast, note, delta, judged } = figuresOf(line, category.key, currency);
  const text = (value: string) => formatMoney(money(value, currency), language, 0);
  const label = say(category.label) || category.key;
  return (
    <td data-category={category.key}>
      <span className={styles["switch"]}>
        {onJudge && <IconButton small label={t("forecast.judge", { name, category: label })} onClick={onJudge}><PencilLine size={12} /></IconButton>}
        <span className={cx(styles["number"], judged && styles["judged"])} title={note} data-testid="forecast-number">{isZero(forecast) ? "—" : text(forecast)}</span>
      </span>
      {judged && <span className={styles["small"]}>{t("forecast.fromDeals", { amount: text(cell.amount) })}</span>}
      {cell.count > 0 && (
        <span className={styles["small"]}>
          {line.id ? <button type="button" aria-label={t("forecast.see", { name, category: label })} onClick={() => void see({ period, category: category.key, person: line.id ?? undefined })}>{t("forecast.deals", { n: cell.count })}</button> : t("forecast.deals", { n: cell.count })}
          {!isZero(delta) && <span className={isNegative(delta) ? styles["down"] : styles["up"]}>{` ${isNegative(delta) ? "" : "+"}${text(delta)}`}</span>}
        </span>
      )}
    </td>
  );
}
