import { useInfiniteQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { History } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import { useCatalog } from "@/api/catalog";
import type { HistoryEntry, ObjectType, RecordData, TimelineItem, TimelinePage } from "@/api/types";
import { keys } from "@/features/base/keys";
import { useWrites } from "@/features/base/write";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { formatDate, formatDateTime, formatTime, localDay } from "@/ui/format";
import { Bone, ErrorState, State } from "@/ui/State";
import { activityIcon } from "./activity";
import styles from "./Record.module.css";

const verbs: Record<string, "timeline.create" | "timeline.delete" | "timeline.import" | "timeline.restore"> = { create: "timeline.create", delete: "timeline.delete", import: "timeline.import", restore: "timeline.restore" };

function HistoryLine({ object, entry }: { object: string; entry: HistoryEntry }) {
  const catalog = useCatalog();
  const speech = useSpeech();
  const { t, say, language } = speech;
  const [open, setOpen] = useState(false);
  const who = entry.actor?.label ?? t("timeline.system");
  const fields = entry.changes.map((change) => say(change.label) || change.field).join("、");
  const verb = verbs[entry.action];
  const text = (name: string, value: unknown) => {
    const field = catalog.field(object, name);
    return (field ? fieldUi(field).text(value, field, speech) : String(value ?? "")) || t("value.empty");
  };
  const single = entry.action === "update" && entry.changes.length === 1 ? entry.changes[0] : undefined;
  return (
    <li className={styles["item"]}>
      <span className={styles["itemIcon"]}><History size={13} aria-hidden /></span>
      <div>
        <button type="button" className={cx(styles["itemLine"], styles["quiet"])} aria-expanded={open} disabled={entry.changes.length === 0} onClick={() => setOpen(!open)}>
          {who} {verb ? t(verb) : t("timeline.update", { fields })}
          {single && !open && <> · {t("timeline.change", { from: text(single.field, single.from), to: text(single.field, single.to) })}</>}
        </button>
        {open && entry.changes.map((change) => (
          <p key={change.field} className={styles["itemBody"]}>{say(change.label)}: {t("timeline.change", { from: text(change.field, change.from), to: text(change.field, change.to) })}</p>
        ))}
      </div>
      <time className={styles["time"]} dateTime={entry.at}>{formatTime(entry.at, language)}</time>
    </li>
  );
}

function ActivityLine({ record, at }: { record: RecordData; at: string }) {
  const { t, language } = useSpeech();
  const writes = useWrites("activity");
  const [open, setOpen] = useState(false);
  const Icon = activityIcon(record["kind"]);
  const title = String(record["title"] ?? "");
  const due = typeof record["due_at"] === "string" ? record["due_at"] : null;
  const done = record["done"] === true;
  const isTask = record["kind"] === "task";
  const overdue = isTask && !done && due !== null && new Date(due) < new Date();
  const who = (record["owner"] as { label?: string } | null)?.label;
  return (
    <li className={styles["item"]}>
      {isTask ? (
        <span className={styles["itemIcon"]}>
          <input type="checkbox" checked={done} aria-label={t("timeline.done", { name: title })} onChange={() => void writes.patch(record, { done: !done }, { said: t("state.saved") }).catch(() => undefined)} />
        </span>
      ) : (
        <span className={styles["itemIcon"]}><Icon size={13} aria-hidden /></span>
      )}
      <div>
        <button type="button" className={styles["itemLine"]} aria-expanded={open} onClick={() => setOpen(!open)} title={title}>
          <span className={cx(done && isTask && styles["done"])}>{title}</span>
          {who && <span className={styles["quiet"]}> · {who}</span>}
          {isTask && due && !done && <span className={cx(styles["quiet"], overdue && styles["overdue"])}> · {t(overdue ? "timeline.overdue" : "timeline.due", { at: formatDateTime(due, language) })}</span>}
          {!open && typeof record["body"] === "string" && <span className={styles["quiet"]}> — {record["body"]}</span>}
        </button>
        {open && typeof record["body"] === "string" && <p className={styles["itemBody"]}>{record["body"]}</p>}
      </div>
      <time className={styles["time"]} dateTime={at}>{formatTime(at, language)}</time>
    </li>
  );
}

function byDay(items: TimelineItem[]): [string, TimelineItem[]][] {
  const days = new Map<string, TimelineItem[]>();
  for (const item of items) days.set(localDay(item.at), [...(days.get(localDay(item.at)) ?? []), item]);
  return [...days];
}

/** What happened, newest first, by day; each item one line until opened. */
export function Timeline({ type, id }: { type: ObjectType; id: string }) {
  const { t, language } = useSpeech();
  const timeline = useInfiniteQuery({
    queryKey: keys.timeline(type.api_name, id),
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => api.get<TimelinePage>(`/records/${type.api_name}/${id}/timeline`, { signal, query: { limit: 30, cursor: pageParam ?? undefined } }),
    getNextPageParam: (last) => last.next_cursor,
  });
  if (timeline.isError) return <ErrorState error={timeline.error} onRetry={() => void timeline.refetch()} />;
  if (timeline.isPending) return <div aria-busy>{[0, 1, 2, 3].map((row) => <div key={row} className={styles["item"]}><Bone width={24} height={24} /><Bone width={`${80 - row * 12}%`} /></div>)}</div>;
  const items = timeline.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <State drawing="rows" title={t("timeline.empty")} hint={t("timeline.emptyHint")} />;
  const today = localDay(new Date());
  const yesterday = localDay(new Date(Date.now() - 864e5));
  return (
    <div data-testid="timeline">
      {byDay(items).map(([day, entries]) => (
        <section key={day}>
          <h3 className={styles["day"]}>{day === today ? t("time.today") : day === yesterday ? t("time.yesterday") : formatDate(day, language)}</h3>
          <ol>
            {entries.map((item) =>
              item.kind === "activity" ? <ActivityLine key={item.record.id} record={item.record} at={item.at} /> : <HistoryLine key={item.entry.id} object={type.api_name} entry={item.entry} />,
            )}
          </ol>
        </section>
      ))}
      {timeline.hasNextPage && <Button type="text" size="small" loading={timeline.isFetchingNextPage} onClick={() => void timeline.fetchNextPage()}>{t("action.loadMore")}</Button>}
    </div>
  );
}
