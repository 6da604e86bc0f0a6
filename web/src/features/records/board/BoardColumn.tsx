import { useDroppable } from "@dnd-kit/core";
import { useEffect, useRef } from "react";
import type { AggregateValue, Choice, Filter, Money, ObjectType, QueryBody, RecordData } from "@/api/types";
import { both } from "@/features/base/filters/model";
import { useRecordList } from "@/features/base/read";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { formatCompactMoney, formatMoney, formatNumber } from "@/ui/format";
import { Bone } from "@/ui/State";
import { Dot } from "@/ui/Tag";
import { BoardCard, cardFields } from "./BoardCard";
import styles from "./Board.module.css";

interface Props {
  type: ObjectType;
  groupBy: string;
  /** Null is the column of records without a value. */
  choice: Choice | null;
  where: Filter | null;
  search: string;
  count: number | undefined;
  sum: AggregateValue | undefined;
  /** Whether the stages have probabilities: all column heads then keep a line for the weighted sum. */
  weighted: boolean;
  /** Cards that were moved here or away and are still being saved. */
  moved: ReadonlyMap<string, { to: string | null; record: RecordData }>;
  refused: string | null;
  onOpen: (id: string) => void;
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

/** One stage: its own query, so that a full column never slows down the others; more cards come as it is scrolled. */
export function BoardColumn({ type, groupBy, choice, where, search, count, sum, weighted, moved, refused, onOpen }: Props) {
  const { t, say } = useSpeech();
  const key = choice?.key ?? null;
  const drop = useDroppable({ id: `column:${key ?? ""}`, data: { key } });
  const own: Filter = key === null ? { field: groupBy, op: "is_empty" } : { field: groupBy, op: "eq", value: key };
  const { second, third } = cardFields(type, groupBy);
  const body: QueryBody = { select: [...new Set([type.title_field, groupBy, "updated_at", ...second, ...third])], where: both(where, own), limit: 25 };
  if (search) body.search = search;
  const list = useRecordList(type.api_name, body);
  const sentinel = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;

  useEffect(() => {
    const element = sentinel.current;
    if (!element || !hasNextPage) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting) && !isFetchingNextPage) void fetchNextPage();
    }, { rootMargin: "200px" });
    observer.observe(element);
    return () => observer.disconnect();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const loaded = list.data?.pages.flatMap((page) => page.records) ?? [];
  const staying = loaded.filter((record) => !moved.has(record.id) || moved.get(record.id)?.to === key);
  const arriving = [...moved.values()].filter((move) => move.to === key && !loaded.some((record) => record.id === move.record.id)).map((move) => move.record);
  const cards = [...arriving, ...staying];
  const name = choice ? say(choice.label) : t("board.noValue");
  const total = useSum(sum, choice);
  return (
    <section ref={drop.setNodeRef} className={cx(styles["column"], drop.isOver && styles["over"])} aria-label={t("board.column", { name, n: count ?? cards.length })} data-testid={`board-column-${key ?? "none"}`}>
      <header className={styles["head"]}>
        <Dot color={choice?.color} />
        <span className={styles["name"]}>{name}</span>
        <span className={styles["count"]} data-testid="board-count">{count === undefined ? "" : count.toLocaleString()}</span>
        <span className={styles["sum"]} title={total.full}>{total.short}</span>
        {weighted && <span className={styles["weighted"]} data-testid="board-weighted">{total.weighted}</span>}
      </header>
      <div className={styles["cards"]}>
        {list.isPending && [0, 1, 2].map((card) => <div key={card} className={styles["card"]}><Bone width="70%" /><Bone width="45%" /></div>)}
        {list.isSuccess && cards.length === 0 && <p className={styles["blank"]}>{t("board.empty")}</p>}
        {cards.map((record) => <BoardCard key={record.id} type={type} record={record} groupBy={groupBy} refused={refused === record.id} onOpen={onOpen} />)}
        <div ref={sentinel} />
        {isFetchingNextPage && <Bone height={60} />}
      </div>
    </section>
  );
}
