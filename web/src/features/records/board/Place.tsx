import { useDroppable } from "@dnd-kit/core";
import { useEffect, useRef, type ReactNode } from "react";
import type { Choice, Filter, QueryBody } from "@/api/types";
import { both } from "@/features/base/filters/model";
import { useRecordList } from "@/features/base/read";
import type { Values } from "@/features/base/write";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { Bone, ErrorState } from "@/ui/State";
import { AskForm } from "./AskForm";
import { BoardCard } from "./BoardCard";
import styles from "./Board.module.css";
import { placeId } from "./keyboard";
import { laneFilter, laneKey, type Lane } from "./lanes";
import { QuickAdd } from "./QuickAdd";
import { selectOf, useSetting } from "./setting";

const AT_ONCE = 25;

interface Props {
  choice: Choice | null;
  lane?: Lane;
  /** Places of this one among columns and lanes. */
  at: { column: number; lane: number };
  /** False where it is known that nothing lies here. */
  filled: boolean;
  className?: string | undefined;
  label: string;
  testId: string;
  head?: ReactNode;
}

/** What lies here: its own query, so that a full column never slows down the others. */
function usePlace({ choice, lane, filled }: Pick<Props, "choice" | "lane" | "filled">) {
  const setting = useSetting();
  const key = choice?.key ?? null;
  const name = setting.field.api_name;
  const own: Filter = key === null ? { field: name, op: "is_empty" } : { field: name, op: "eq", value: key };
  const inLane = lane && setting.lane ? both(own, laneFilter(setting.lane, lane.value)) : own;
  const body: QueryBody = { select: selectOf(setting), where: both(setting.where, inLane), limit: AT_ONCE };
  if (setting.search) body.search = setting.search;
  const list = useRecordList(setting.type.api_name, body, filled);
  const loaded = filled ? (list.data?.pages.flatMap((page) => page.records) ?? []) : [];
  const here = (place: { key: string | null; lane?: { value: unknown } | undefined }) => place.key === key && (!lane || !place.lane || laneKey(place.lane.value) === lane.key);
  const { moved } = setting.moves;
  const staying = loaded.filter((record) => { const move = moved.get(record.id); return !move || here(move.place); });
  const arriving = [...moved.values()].filter((move) => here(move.place) && !loaded.some((record) => record.id === move.record.id)).map((move) => move.record);
  return { list, cards: [...arriving, ...staying] };
}

/** A column, or what of it lies in a lane; more cards come as it is scrolled. */
export function Place({ choice, lane, at, filled, className, label, testId, head }: Props) {
  const { t, say } = useSpeech();
  const setting = useSetting();
  const { field, moves, type } = setting;
  const key = choice?.key ?? null;
  const into = lane && setting.lane ? { field: setting.lane.api_name, value: lane.value } : undefined;
  const drop = useDroppable({ id: placeId(at.lane, at.column), data: { key, lane: into } });
  const { list, cards } = usePlace({ choice, ...(lane ? { lane } : {}), filled });
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
  // A lane's value is filled in for a new card only where the person could set it.
  const preset: Values = { [field.api_name]: key, ...(into && setting.lane?.readonly === false ? { [into.field]: into.value } : {}) };
  const name = choice ? say(choice.label) : t("board.noValue");
  return (
    <section ref={drop.setNodeRef} className={cx(className ?? styles["column"], drop.isOver && styles["over"])} aria-label={label} data-testid={testId} data-place={key ?? "none"}>
      {head}
      <div className={styles["cards"]}>
        {filled && list.isPending && [0, 1, 2].map((card) => <div key={card} className={styles["card"]} aria-busy><Bone width="70%" /><Bone width="45%" /></div>)}
        {list.isError && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
        {!lane && list.isSuccess && cards.length === 0 && <p className={styles["blank"]}>{t("board.empty")}</p>}
        {cards.map((record) => (
          <div key={record.id} className={styles["slot"]}>
            <BoardCard record={record} />
            {moves.ask?.record.id === record.id && <AskForm ask={moves.ask} />}
          </div>
        ))}
        <div ref={sentinel} />
        {isFetchingNextPage && <Bone height={60} />}
      </div>
      {type.permissions.create && <QuickAdd preset={preset} name={name} />}
    </section>
  );
}