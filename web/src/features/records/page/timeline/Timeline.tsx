import { Button } from "antd";
import { Pin } from "lucide-react";
import { memo, useEffect, useRef } from "react";
import type { TimelineItem } from "@/api/timeline";
import type { ObjectType } from "@/api/types";
import { useSpeech } from "@/messages";
import { formatDate, localDay } from "@/ui/format";
import { Bone, ErrorState, State } from "@/ui/State";
import { ActivityLine } from "./ActivityLine";
import { CommentLine } from "./CommentLine";
import { Filters } from "./Filters";
import { HistoryLine } from "./HistoryLine";
import { byDay, EVERYTHING, isNarrowed, type Narrowing } from "./model";
import { RecordLine } from "./RecordLine";
import styles from "./Timeline.module.css";
import { useDesk, useTimeline, type Desk } from "./useTimeline";

/** Remembered: a further page draws its own items and not all before them again. */
const Line = memo(function Line({ object, item, desk, dated }: { object: string; item: TimelineItem; desk: Desk; dated?: boolean }) {
  if (item.kind === "activity") return <ActivityLine item={item} desk={desk} dated={dated ?? false} />;
  if (item.kind === "comment") return <CommentLine item={item} desk={desk} dated={dated ?? false} />;
  if (item.kind === "record") return <RecordLine item={item} desk={desk} />;
  return <HistoryLine object={object} item={item} desk={desk} />;
});

/** The part of the page that scrolls around this: what comes near is asked of it and not of the window. */
function scrollerOf(element: HTMLElement): HTMLElement | null {
  for (let at = element.parentElement; at; at = at.parentElement) if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  return null;
}

/** More comes when its end comes near; the button is for whoever does not scroll. */
function More({ loading, onMore }: { loading: boolean; onMore: () => void }) {
  const { t } = useSpeech();
  const mark = useRef<HTMLDivElement>(null);
  const latest = useRef(onMore);
  useEffect(() => {
    latest.current = onMore;
  });
  useEffect(() => {
    if (loading || !mark.current) return;
    // Of several states told at once the last one counts.
    const seen = new IntersectionObserver((states) => states.at(-1)?.isIntersecting && latest.current(), { root: scrollerOf(mark.current), rootMargin: "400px" });
    seen.observe(mark.current);
    return () => seen.disconnect();
  }, [loading]);
  return <div ref={mark}><Button type="text" size="small" loading={loading} onClick={onMore}>{t("action.loadMore")}</Button></div>;
}

const Skeleton = () => <div aria-busy>{[0, 1, 2, 3].map((row) => <div key={row} className={styles["item"]}><Bone width={24} height={24} /><Bone width={`${80 - row * 12}%`} /></div>)}</div>;

interface Props {
  type: ObjectType;
  id: string;
  value: Narrowing;
  onChange: (next: Narrowing) => void;
}

/** What happened, newest first, by day; what is pinned stands above. */
export function Timeline({ type, id, value, onChange }: Props) {
  const { t, language } = useSpeech();
  const { query, items, pinned } = useTimeline(type.api_name, id, value);
  const desk = useDesk(type.api_name, id, type.permissions.update, pinned.map((item) => item.key));
  const dayName = (day: string) => {
    const now = new Date();
    if (day === localDay(now)) return t("time.today");
    return day === localDay(new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1)) ? t("time.yesterday") : formatDate(day, language);
  };
  const empty = isNarrowed(value)
    ? <State drawing="rows" title={t("timeline.nothing")}><Button onClick={() => onChange(EVERYTHING)}>{t("timeline.clear")}</Button></State>
    : <State drawing="rows" title={t("timeline.empty")} hint={t("timeline.emptyHint")} />;
  return (
    <div data-testid="timeline">
      <Filters type={type} value={value} onChange={onChange} />
      {query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Skeleton />}
      {query.isSuccess && (
        <div aria-busy={query.isPlaceholderData}>
          {pinned.length > 0 && (
            <section className={styles["pinned"]} data-testid="timeline-pinned">
              <h3 className={styles["day"]}><Pin size={11} aria-hidden /> {t("timeline.pinned")}</h3>
              <ol>{pinned.map((item) => <Line key={item.key} object={type.api_name} item={item} desk={desk} dated />)}</ol>
            </section>
          )}
          {items.length === 0 && empty}
          {byDay(items).map(([day, entries]) => (
            <section key={day} className={styles["group"]}>
              <h3 className={styles["day"]}>{dayName(day)}</h3>
              <ol>{entries.map((item) => <Line key={item.key} object={type.api_name} item={item} desk={desk} />)}</ol>
            </section>
          ))}
          {query.hasNextPage && <More loading={query.isFetchingNextPage} onMore={() => void query.fetchNextPage()} />}
        </div>
      )}
    </div>
  );
}
