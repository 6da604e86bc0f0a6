import { ChevronsLeft, ChevronsRight, TriangleAlert } from "lucide-react";
import type { AggregateValue, Choice, Money } from "@/api/types";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { formatCompactMoney, formatMoney, formatNumber } from "@/ui/format";
import { IconButton } from "@/ui/IconButton";
import { Dot } from "@/ui/Tag";
import styles from "./Board.module.css";

export interface ColumnFacts {
  choice: Choice | null;
  count: number | undefined;
  sum: AggregateValue | undefined;
  /** How many cards it should hold at most. */
  limit: number | undefined;
  folded: boolean;
}

/** The sum of a column, short and in full, and what of it may be expected by the stage's probability. */
function useSum(value: AggregateValue | undefined, choice: Choice | null): { short: string; full: string; weighted: string } {
  const { language, t } = useSpeech();
  if (value === null || value === undefined) return { short: "", full: "", weighted: "" };
  if (typeof value !== "object") return { short: formatNumber(value, language), full: "", weighted: "" };
  const money = value as Money;
  if (money.amount === null) return { short: t("value.severalCurrencies"), full: "", weighted: "" };
  const share = choice?.category === "open" && choice.probability ? Number(choice.probability) / 100 : null;
  // Rounded to be read at a glance; exact sums stand in the list's footer.
  const expected = share === null ? null : { ...money, amount: String(Math.round(Number(money.amount) * share)) };
  return { short: formatCompactMoney(money, language), full: formatMoney(money, language), weighted: expected ? t("board.weighted", { amount: formatCompactMoney(expected, language) }) : "" };
}

interface Props extends ColumnFacts {
  /** Whether the stages have probabilities: all column heads then keep a line for the weighted sum. */
  weighted: boolean;
  onFold: () => void;
}

/** Name, count, sums and the limit of a column; over its limit it warns. */
export function ColumnHead({ choice, count, sum, limit, folded, weighted, onFold }: Props) {
  const { t, say } = useSpeech();
  const name = choice ? say(choice.label) : t("board.noValue");
  const total = useSum(sum, choice);
  const isOver = limit !== undefined && count !== undefined && count > limit;
  const shown = count === undefined ? "" : count.toLocaleString();
  return (
    <header className={cx(styles["head"], isOver && styles["overLimit"], folded && styles["foldedHead"])}>
      <Dot color={choice?.color} />
      <span className={styles["name"]}>{name}</span>
      <span className={styles["count"]} data-testid="board-count">{shown}</span>
      {limit !== undefined && <span className={styles["limit"]} data-testid="board-limit">{isOver ? <><TriangleAlert size={12} aria-hidden />{t("board.overLimit", { limit })}</> : `/ ${limit}`}</span>}
      {!folded && <span className={styles["sum"]} title={total.full}>{total.short}</span>}
      <IconButton small className={styles["fold"]} label={folded ? t("board.unfold", { name }) : t("board.fold", { name })} aria-expanded={!folded} onClick={onFold}>{folded ? <ChevronsRight size={13} /> : <ChevronsLeft size={13} />}</IconButton>
      {weighted && !folded && <span className={styles["weighted"]} data-testid="board-weighted">{total.weighted}</span>}
    </header>
  );
}
