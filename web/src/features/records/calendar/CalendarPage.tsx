import { useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useMemo } from "react";
import { useCatalog } from "@/api/catalog";
import type { Field, ObjectType, QueryBody, ViewConfig } from "@/api/types";
import { both } from "@/features/base/filters/model";
import { useRecordList } from "@/features/base/read";
import type { ListSearch } from "@/features/base/search";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { useIsPhone } from "@/ui/hooks";
import { IconButton } from "@/ui/IconButton";
import { Bone, ErrorState, State } from "@/ui/State";
import { namesIn } from "../form/rules";
import { useListState, type ListState } from "../list/useListState";
import { dateFields } from "@/features/base/viewKinds";
import { useOpenRecord, ViewFrame } from "../view/ViewFrame";
import { Agenda } from "./Agenda";
import styles from "./Calendar.module.css";
import { byDay, dayKey, inRange, isMonth, plusMonths, weeksOf } from "./month";
import { MonthGrid } from "./MonthGrid";
import { useMoves } from "./useMoves";

const WINDOW = 500;

/** The fields a calendar lies on: those of the address, the view, or the first there are. */
function useDates(type: ObjectType, config: ViewConfig, by: string | undefined) {
  const dates = dateFields(type);
  const named = [by, config.date_field].flatMap((name) => dates.find((field) => field.api_name === name) ?? [])[0];
  const start = named ?? dates.find((field) => !field.system) ?? dates[0];
  const end = start && start.api_name === config.date_field ? dates.find((field) => field.api_name === config.end_field) : undefined;
  return { dates, start, end };
}

/** What is asked for a month: its records with what they are drawn and moved by. */
function useMonthBody(type: ObjectType, state: ListState, start: Field | undefined, end: Field | undefined, days: Date[]): QueryBody {
  const catalog = useCatalog();
  const asked = [start, end].flatMap((field) => (field ? [field.api_name, ...namesIn(field.readonly_when)] : []));
  const [first, last] = [days[0], days[days.length - 1]];
  const body: QueryBody = {
    select: [...new Set([type.title_field, ...(type.board_field ? [type.board_field] : []), ...asked])].filter((name) => catalog.field(type.api_name, name)),
    where: start && first && last ? both(state.where, inRange(start, end, first, last)) : state.where,
    sort: start ? [{ field: start.api_name, direction: "asc" }] : [],
    limit: WINDOW,
  };
  if (state.search) body.search = state.search;
  return body;
}

/** Records by the days they lie on: a month as a grid, on a narrow screen as a list of its days. */
export function CalendarPage({ type }: { type: ObjectType }) {
  const { t, say, language } = useSpeech();
  const isPhone = useIsPhone();
  const state = useListState(type, "calendar");
  const address = useSearch({ strict: false }) as ListSearch;
  const { dates, start, end } = useDates(type, state.view?.config ?? {}, address.by);
  const today = dayKey(new Date());
  const month = isMonth(address.month) ? address.month : today.slice(0, 7);
  const weeks = useMemo(() => weeksOf(month), [month]);
  const days = weeks.flat();
  const list = useRecordList(type.api_name, useMonthBody(type, state, start, end, days), Boolean(start));
  const records = useMemo(() => list.data?.pages.flatMap((page) => page.records) ?? [], [list.data]);
  const open = useOpenRecord(type, state);
  const moves = useMoves(type, start, end);
  const title = new Intl.DateTimeFormat(language, { year: "numeric", month: "long" }).format(weeks[1]?.[0] ?? new Date());
  const go = (next: string) => state.set({ month: next });
  const shown = { type, days: start ? byDay(records, start.api_name, end?.api_name, days) : new Map<string, typeof records>(), month, today, start, onOpen: open };
  const options = dates.map((field) => ({ value: field.api_name, text: say(field.label) }));
  return (
    <ViewFrame
      type={type} state={state} kind="calendar" label={t("calendar.label", { label: say(type.label_plural) })} order={records.map((record) => record.id)}
      config={{ ...state.config, date_field: start?.api_name ?? null, end_field: end?.api_name ?? null }}
      tools={options.length > 1 && <div style={{ width: 130 }}><Choose label={t("calendar.dateField")} value={start?.api_name ?? null} options={options} clearable={false} bare onPick={(by) => state.set({ by: by as string })} /></div>}
    >
      {!start ? (
        <State drawing="board" title={t("calendar.noField")} hint={t("calendar.noFieldHint")} />
      ) : (
        <>
          <div className={styles["bar"]}>
            <h2 className={styles["title"]} aria-live="polite">{title}</h2>
            <IconButton label={t("calendar.previous")} onClick={() => go(plusMonths(month, -1))}><ChevronLeft size={16} /></IconButton>
            <Button size="small" type="text" onClick={() => go(today.slice(0, 7))}>{t("time.today")}</Button>
            <IconButton label={t("calendar.next")} onClick={() => go(plusMonths(month, 1))}><ChevronRight size={16} /></IconButton>
            {list.hasNextPage && <Button size="small" type="link" onClick={() => void list.fetchNextPage()}>{t("calendar.more", { n: records.length })}</Button>}
          </div>
          {list.isError ? <ErrorState error={list.error} onRetry={() => void list.refetch()} /> : list.isPending ? <Bone height={240} /> : isPhone ? <Agenda {...shown} /> : <MonthGrid {...shown} weeks={weeks} moves={moves} />}
        </>
      )}
    </ViewFrame>
  );
}
