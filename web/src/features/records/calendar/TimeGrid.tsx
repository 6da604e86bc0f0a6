import zhLocale from "@fullcalendar/core/locales/zh-cn";
import enLocale from "@fullcalendar/core/locales/en-gb";
import type { DateSelectArg, EventClickArg, EventDropArg, EventInput, EventMountArg } from "@fullcalendar/core";
import dayGridPlugin from "@fullcalendar/daygrid";
import interactionPlugin, { type EventResizeDoneArg } from "@fullcalendar/interaction";
import FullCalendar from "@fullcalendar/react";
import timeGridPlugin from "@fullcalendar/timegrid";
import { useMemo, useRef } from "react";
import type { Field, ObjectType, RecordData } from "@/api/types";
import { openQuickCreate } from "@/features/base/openers";
import { mayEdit } from "@/features/base/rights";
import { hasTime } from "@/features/base/viewKinds";
import type { Values } from "@/features/base/write";
import { useSpeech } from "@/messages";
import { useStable } from "@/ui/hooks";
import styles from "./Calendar.module.css";
import { useColour } from "./colour";
import { dayAfter, endValue, shiftedBy, type Entry } from "./entries";
import { dayKey } from "./month";
import type { Moves } from "./useMoves";

export type Scale = "month" | "week" | "day";

interface Props {
  type: ObjectType;
  scale: Scale;
  day: string;
  isPhone: boolean;
  entries: Entry[];
  start: Field;
  end: Field | undefined;
  moves: Moves;
  onOpen: (id: string) => void;
}

const PLUGINS = [dayGridPlugin, timeGridPlugin, interactionPlugin];
/** The month by its name: 3/11 is one day here and another there. */
const DAY_HEAD = { weekday: "short", day: "numeric", month: "short" } as const;
const HALF_HOUR_MS = 18e5;
const MORNING = 9;

const recordOf = (event: EventClickArg["event"]) => event.extendedProps["record"] as RecordData;

/** What an arrow key moves by, in days and milliseconds. */
function stepOf(key: string, scale: Scale, timed: boolean): { days: number; ms: number } | null {
  if (key === "ArrowLeft") return { days: -1, ms: 0 };
  if (key === "ArrowRight") return { days: 1, ms: 0 };
  const sign = key === "ArrowUp" ? -1 : key === "ArrowDown" ? 1 : 0;
  if (!sign) return null;
  return scale === "month" || !timed ? { days: 7 * sign, ms: 0 } : { days: 0, ms: sign * HALF_HOUR_MS };
}

function useTimes({ type, start, end, moves }: Pick<Props, "type" | "start" | "end" | "moves">) {
  const move = (record: RecordData, days: number, ms: number) => {
    const values: Values = {};
    for (const field of [start, end]) if (field && record[field.api_name]) values[field.api_name] = shiftedBy(record[field.api_name], field, days, ms);
    if (moves.may(record)) void moves.put(record, values, moves.saidOf(record, values));
  };
  const last = (record: RecordData, ends: Date, begins?: Date) => {
    if (!end || !moves.mayStretch(record)) return;
    const values: Values = { [end.api_name]: endValue(end, ends), ...(begins ? { [start.api_name]: hasTime(start) ? begins.toISOString() : dayKey(begins) } : {}) };
    void moves.put(record, values, moves.saidOf(record, { ...record, ...values }));
  };
  const create = ({ start: from, end: to, allDay }: DateSelectArg) => {
    if (allDay && hasTime(start)) from.setHours(MORNING);
    const ends = end && (hasTime(end) ? !allDay : true) ? { [end.api_name]: endValue(end, to) } : {};
    openQuickCreate(type.api_name, { [start.api_name]: hasTime(start) ? from.toISOString() : dayKey(from), ...ends });
  };
  return { move, last, create };
}

/** Days and hours: dragged to move, drawn to last longer, marked to make something new. Loaded when a calendar is. */
export function TimeGrid({ type, scale, day, isPhone, entries, start, end, moves, onOpen }: Props) {
  const { t, language } = useSpeech();
  const colour = useColour(type);
  const times = useTimes({ type, start, end, moves });
  const calendar = useRef<FullCalendar>(null);
  const mayAdd = type.permissions.create && mayEdit({ ...type, permissions: { ...type.permissions, update: true } }, start);
  const events = entries.map((entry): EventInput => {
    const shade = colour(entry.record);
    return {
      id: entry.id, title: String(entry.record[type.title_field] ?? "") || t("record.untitled"), start: entry.start, ...(entry.end ? { end: entry.spans ? dayAfter(entry.end) : entry.end } : {}), allDay: entry.allDay || entry.spans,
      startEditable: !entry.isRepeat && moves.may(entry.record), durationEditable: !entry.isRepeat && !entry.spans && moves.mayStretch(entry.record), extendedProps: { record: entry.record, spans: entry.spans },
      backgroundColor: `var(--cat-${shade}-soft)`, borderColor: `var(--cat-${shade}-solid)`, classNames: entry.isRepeat ? [styles["repeat"] ?? ""] : [],
    };
  });
  // The cache draws what is moved; the calendar's own idea of it would stay where the server refuses.
  const onDrop = ({ event, delta, revert }: EventDropArg) => {
    const record = recordOf(event);
    revert();
    times.move(record, delta.days + 0, delta.milliseconds);
  };
  const onResize = ({ event, startDelta, revert }: EventResizeDoneArg) => {
    const [record, begins, ends] = [recordOf(event), event.start, event.end];
    const fromStart = startDelta.days !== 0 || startDelta.milliseconds !== 0;
    revert();
    if (ends) times.last(record, ends, fromStart && begins ? begins : undefined);
  };
  const onKey = useStable((id: string, event: KeyboardEvent) => {
    const entry = entries.find((each) => each.id === id);
    const step = event.altKey && entry && !entry.isRepeat ? stepOf(event.key, scale, hasTime(start)) : null;
    if (!entry || !step) return;
    event.preventDefault();
    if (!event.shiftKey) return times.move(entry.record, step.days, step.ms);
    const until = new Date((entry.end ?? entry.start).getTime() + step.ms);
    until.setDate(until.getDate() + step.days);
    if (until > entry.start) times.last(entry.record, until);
  });
  const onMount = ({ el, event }: EventMountArg) => {
    const { id } = event;
    el.setAttribute("role", "button");
    el.tabIndex = 0;
    el.title = event.startEditable ? `${event.title}\n${t("calendar.hint")}` : event.title;
    el.dataset["record"] = recordOf(event).id;
    el.addEventListener("keydown", (pressed) => onKey(id, pressed));
  };
  const view = scale === "month" ? "dayGridMonth" : scale === "week" ? (isPhone ? "timeGridThree" : "timeGridWeek") : "timeGridDay";
  const locale = useMemo(() => (language === "zh-CN" ? zhLocale : enLocale), [language]);
  return (
    <div className={styles["grid"]} data-testid="calendar">
      <FullCalendar
        ref={calendar} key={`${view}:${day}`} plugins={PLUGINS} initialView={view} initialDate={day} locale={locale} firstDay={1} headerToolbar={false} height="100%" events={events}
        views={{ timeGrid: { dayHeaderFormat: DAY_HEAD }, timeGridThree: { type: "timeGrid", duration: { days: 3 } } }} nowIndicator eventDisplay="block" scrollTime="08:00" slotDuration="00:30" slotEventOverlap={false} dayMaxEvents defaultTimedEventDuration="01:00"
        editable={type.permissions.update} eventResizableFromStart selectable={mayAdd} selectMirror selectMinDistance={6} longPressDelay={300} eventInteractive allDayText={t("calendar.allDay")}
        eventAllow={(span, event) => scale === "month" || span.allDay === (!hasTime(start) || event?.extendedProps["spans"] === true)} selectAllow={(span) => scale === "month" || span.allDay === !hasTime(start)}
        eventDrop={onDrop} eventResize={onResize} eventClick={({ event }) => onOpen(recordOf(event).id)} select={times.create} eventDidMount={onMount}
      />
    </div>
  );
}
