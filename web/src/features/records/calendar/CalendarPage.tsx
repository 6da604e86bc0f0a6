import { useSearch } from "@tanstack/react-router";
import { Button, Segmented } from "antd";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { lazy, Suspense, useMemo } from "react";
import { useCatalog } from "@/api/catalog";
import type { ObjectType } from "@/api/types";
import { both } from "@/features/base/filters/model";
import { useRecordList } from "@/features/base/read";
import type { ListSearch } from "@/features/base/search";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { useIsPhone } from "@/ui/hooks";
import { IconButton } from "@/ui/IconButton";
import { Bone, ErrorState, State } from "@/ui/State";
import { useListState } from "../list/useListState";
import { useOpenRecord, ViewFrame } from "../view/ViewFrame";
import { Agenda } from "./Agenda";
import styles from "./Calendar.module.css";
import { entriesOf, repeatsOf, withRepeats } from "./entries";
import { dayKey, dayOf, isMonth, plusDays, plusMonths, weeksOf } from "./month";
import type { Scale } from "./TimeGrid";
import { useMoves } from "./useMoves";
import { datesOf, windowBody } from "./window";

const TimeGrid = lazy(() => import("./TimeGrid").then((module) => ({ default: module.TimeGrid })));
const scales = ["month", "week", "day"] as const satisfies readonly Scale[];
const isDay = (text: unknown): text is string => typeof text === "string" && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

/** The day that is looked at, and the days shown around it. */
function useShown(address: ListSearch, isPhone: boolean) {
  const scale = scales.find((each) => each === address.scale) ?? "month";
  const today = dayKey(new Date());
  const day = isDay(address.day) ? address.day : isMonth(address.month) ? (address.month === today.slice(0, 7) ? today : `${address.month}-01`) : today;
  const month = day.slice(0, 7);
  const days = useMemo(() => {
    if (scale === "month") return weeksOf(month).flat();
    const at = dayOf(day);
    const first = scale === "day" || isPhone ? at : plusDays(at, -((at.getDay() + 6) % 7));
    return Array.from({ length: scale === "day" ? 1 : isPhone ? 3 : 7 }, (_, index) => plusDays(first, index));
  }, [scale, day, month, isPhone]);
  const [first = new Date(), last = first] = [days[0], days[days.length - 1]];
  const onward = (by: 1 | -1) => (scale === "month" ? `${plusMonths(month, by)}-01` : dayKey(plusDays(dayOf(day), by * days.length)));
  return { scale, today, day, month, first, last, onward };
}

/** Records by when they are: a month, a week, a day; a month on a narrow screen as a list of its days. */
export function CalendarPage({ type }: { type: ObjectType }) {
  const catalog = useCatalog();
  const { t, say, language } = useSpeech();
  const isPhone = useIsPhone();
  const state = useListState(type, "calendar");
  const address = useSearch({ strict: false }) as ListSearch;
  const { dates, start, end } = datesOf(type, state.view?.config ?? {}, address.by);
  const { scale, today, day, month, first, last, onward } = useShown(address, isPhone);
  const rule = repeatsOf(type);
  const body = windowBody({ catalog, type, state, start, end, first: undefined, last: undefined, more: rule ? [rule.rule, rule.until, rule.done] : [] });
  const where = start ? both(state.where, withRepeats(type, start, end, first, last)) : state.where;
  const list = useRecordList(type.api_name, { ...body, where }, Boolean(start));
  const records = useMemo(() => list.data?.pages.flatMap((page) => page.records) ?? [], [list.data]);
  const entries = start ? entriesOf(type, records, start, end, first, last) : [];
  const open = useOpenRecord(type, state);
  const moves = useMoves(type, start, end);
  const format = new Intl.DateTimeFormat(language, scale === "month" ? { year: "numeric", month: "long" } : { year: "numeric", month: "long", day: "numeric" });
  const title = scale === "week" ? format.formatRange(first, last) : format.format(dayOf(day));
  const options = dates.map((field) => ({ value: field.api_name, text: say(field.label) }));
  const step = { month: [t("calendar.previous"), t("calendar.next")], week: [t("calendar.previousWeek"), t("calendar.nextWeek")], day: [t("calendar.previousDay"), t("calendar.nextDay")] }[scale];
  const go = (to: string) => state.set({ day: to, month: undefined as never });
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
            <Segmented size="small" aria-label={t("calendar.scale")} value={scale} options={scales.map((value) => ({ value, label: t(`calendar.scale.${value}`) }))} onChange={(next) => state.set({ scale: next, day })} />
            <IconButton label={step[0] ?? ""} onClick={() => go(onward(-1))}><ChevronLeft size={16} /></IconButton>
            <Button size="small" type="text" onClick={() => go(today)}>{t("time.today")}</Button>
            <IconButton label={step[1] ?? ""} onClick={() => go(onward(1))}><ChevronRight size={16} /></IconButton>
            {list.hasNextPage && <Button size="small" type="link" onClick={() => void list.fetchNextPage()}>{t("calendar.more", { n: records.length })}</Button>}
          </div>
          {list.isError ? (
            <ErrorState error={list.error} onRetry={() => void list.refetch()} />
          ) : list.isPending ? (
            <Bone height={240} />
          ) : isPhone && scale === "month" ? (
            <Agenda type={type} entries={entries} month={month} today={today} onOpen={open} />
          ) : (
            <Suspense fallback={<Bone height={240} />}>
              <TimeGrid type={type} scale={scale} day={day} isPhone={isPhone} entries={entries} start={start} end={end} moves={moves} onOpen={open} />
            </Suspense>
          )}
        </>
      )}
    </ViewFrame>
  );
}
