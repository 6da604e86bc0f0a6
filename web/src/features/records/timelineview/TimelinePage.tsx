import { useSearch } from "@tanstack/react-router";
import { Button, Segmented } from "antd";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useMemo } from "react";
import { useCatalog } from "@/api/catalog";
import type { Field, ObjectType, RecordData } from "@/api/types";
import { useRecordList } from "@/features/base/read";
import type { ListSearch } from "@/features/base/search";
import { useSpeech } from "@/messages";
import { IconButton } from "@/ui/IconButton";
import { Bone, ErrorState, State } from "@/ui/State";
import { dayKey, dayOf, plusDays } from "../calendar/month";
import { useMoves } from "../calendar/useMoves";
import { datesOf, windowBody } from "../calendar/window";
import { groupFields, groupKey, groupText } from "../list/lines/groups";
import { useListState } from "../list/useListState";
import { useOpenRecord, ViewFrame } from "../view/ViewFrame";
import { Bars, type Band } from "./Bars";
import { barOf, rangeAround, SCALE, zooms, type Range, type Zoom } from "./layout";
import styles from "./Timeline.module.css";

/** Records with their bars, by the group they belong to. */
function useBands(records: readonly RecordData[], start: Field | undefined, end: Field | undefined, range: Range, group: Field | undefined): Band[] {
  const speech = useSpeech();
  return useMemo(() => {
    const bands = new Map<string, Band>();
    for (const record of records) {
      const bar = start && barOf(record, start.api_name, end?.api_name, range);
      if (!bar) continue;
      const key = group ? groupKey(record[group.api_name]) : "";
      const band = bands.get(key) ?? { key, label: group ? groupText(group, record[group.api_name], speech) : null, rows: [] };
      band.rows.push({ record, bar });
      bands.set(key, band);
    }
    return [...bands.values()];
  }, [records, start, end, range, group, speech]);
}

/** Records as bars over time: dragged to move, drawn at an end to last longer. */
export function TimelinePage({ type }: { type: ObjectType }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const state = useListState(type, "timeline");
  const address = useSearch({ strict: false }) as ListSearch;
  const config = state.view?.config ?? {};
  const { start, end } = datesOf(type, config, config.date_field ?? undefined);
  const group = groupFields(type).find((field) => field.api_name === (address.by ?? config.group_by));
  const zoom = zooms.find((each) => each === address.scale) ?? "week";
  const today = dayKey(new Date());
  const day = address.day && /^\d{4}-\d{2}-\d{2}$/.test(address.day) ? address.day : today;
  const range = useMemo(() => rangeAround(day, zoom), [day, zoom]);
  const last = plusDays(range.first, range.days - 1);
  const list = useRecordList(type.api_name, windowBody({ catalog, type, state, start, end, first: range.first, last, more: group ? [group.api_name] : [] }), Boolean(start));
  const records = useMemo(() => list.data?.pages.flatMap((page) => page.records) ?? [], [list.data]);
  const bands = useBands(records, start, end, range, group);
  const open = useOpenRecord(type, state);
  const moves = useMoves(type, start, end);
  const go = (by: number) => state.set({ day: dayKey(plusDays(dayOf(day), by * Math.round((SCALE[zoom].before + SCALE[zoom].after) / 3))) });
  const rows = bands.flatMap((band) => band.rows);
  return (
    <ViewFrame
      type={type} state={state} kind="timeline" label={t("timeline.label", { label: say(type.label_plural) })} order={rows.map(({ record }) => record.id)}
      config={{ ...state.config, date_field: start?.api_name ?? null, end_field: end?.api_name ?? null, group_by: group?.api_name ?? null }}
    >
      {!start ? (
        <State drawing="board" title={t("timeline.noField")} hint={t("calendar.noFieldHint")} />
      ) : (
        <>
          <div className={styles["tools"]}>
            <Segmented size="small" aria-label={t("timeline.zoom")} value={zoom} options={zooms.map((value) => ({ value, label: t(`timeline.zoom.${value}`) }))} onChange={(scale) => state.set({ scale: scale as Zoom })} />
            <span className={styles["gap"]} />
            <IconButton label={t("timeline.earlier")} onClick={() => go(-1)}><ChevronLeft size={16} /></IconButton>
            <Button size="small" type="text" onClick={() => state.set({ day: undefined as never })}>{t("time.today")}</Button>
            <IconButton label={t("timeline.later")} onClick={() => go(1)}><ChevronRight size={16} /></IconButton>
            {list.hasNextPage && <Button size="small" type="link" onClick={() => void list.fetchNextPage()}>{t("calendar.more", { n: records.length })}</Button>}
          </div>
          {list.isError ? (
            <ErrorState error={list.error} onRetry={() => void list.refetch()} />
          ) : list.isPending ? (
            <Bone height={240} />
          ) : rows.length === 0 ? (
            <p className={styles["none"]}>{t("timeline.none")}</p>
          ) : (
            <Bars key={`${day}:${zoom}`} type={type} bands={bands} range={range} zoom={zoom} day={day} today={today} moves={moves} onOpen={open} />
          )}
        </>
      )}
    </ViewFrame>
  );
}
