import { Plus } from "lucide-react";
import { useState, type DragEvent, type KeyboardEvent } from "react";
import type { Field, ObjectType, RecordData } from "@/api/types";
import { openQuickCreate } from "@/features/base/openers";
import { mayEdit } from "@/features/base/rights";
import { choiceOf } from "@/fields/single_choice/choices";
import { useSpeech } from "@/messages";
import { useCatalog } from "@/api/catalog";
import { categoryOf } from "@/tokens/theme";
import { cx } from "@/ui/cx";
import { IconButton } from "@/ui/IconButton";
import { hasTime } from "@/features/base/viewKinds";
import styles from "./Calendar.module.css";
import { dayKey } from "./month";
import type { Moves } from "./useMoves";

export interface DaysProps {
  type: ObjectType;
  days: ReadonlyMap<string, RecordData[]>;
  month: string;
  today: string;
  start: Field | undefined;
  onOpen: (id: string) => void;
}

/** A day as a new record's value: a moment on it begins in the morning. */
export const startOn = (field: Field, key: string) => (hasTime(field) ? new Date(`${key}T09:00`).toISOString() : key);

/** The colour a record has on the board of its object, elsewhere none. */
export function useColour(type: ObjectType) {
  const catalog = useCatalog();
  const field = type.board_field ? catalog.field(type.api_name, type.board_field) : undefined;
  return (record: RecordData) => categoryOf((field && choiceOf(field, record[field.api_name])?.color) ?? "green");
}

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** A month as a grid. A record is moved by dragging it to another day, or with Alt and the arrow keys. */
export function MonthGrid({ type, days, weeks, month, today, start, moves, onOpen }: DaysProps & { weeks: Date[][]; moves: Moves }) {
  const { t, language } = useSpeech();
  const [dragged, setDragged] = useState<{ record: RecordData; from: string } | null>(null);
  const [over, setOver] = useState<string | null>(null);
  const colour = useColour(type);
  const weekday = new Intl.DateTimeFormat(language, { weekday: "short" });
  const whole = new Intl.DateTimeFormat(language, { dateStyle: "full" });
  const mayAdd = start !== undefined && type.permissions.create && mayEdit({ ...type, permissions: { ...type.permissions, update: true } }, start);
  const onKeyDown = (event: KeyboardEvent, record: RecordData) => {
    const step = event.altKey ? STEPS[event.key] : undefined;
    if (step === undefined) return;
    event.preventDefault();
    void moves.move(record, step);
  };
  const onDrop = (event: DragEvent, key: string) => {
    event.preventDefault();
    if (dragged) void moves.moveTo(dragged.record, dragged.from, key);
    setDragged(null);
    setOver(null);
  };
  return (
    <div className={styles["month"]} role="grid" aria-label={month} data-testid="calendar">
      <div role="row" className={cx(styles["week"], styles["weekdays"])}>{weeks[0]?.map((day) => <div key={day.getDay()} role="columnheader">{weekday.format(day)}</div>)}</div>
      {weeks.map((week) => (
        <div key={dayKey(week[0] ?? new Date(0))} role="row" className={styles["week"]}>
          {week.map((day) => {
            const key = dayKey(day);
            return (
              <div
                key={key} role="gridcell" aria-label={whole.format(day)} data-day={key}
                className={cx(styles["day"], !key.startsWith(month) && styles["other"], key === today && styles["today"], over === key && styles["over"])}
                onDragOver={(event) => { if (dragged) { event.preventDefault(); setOver(key); } }} onDrop={(event) => onDrop(event, key)}
              >
                <div className={styles["dayHead"]}>
                  <span className={styles["number"]}>{day.getDate()}</span>
                  {mayAdd && start && <IconButton small className={styles["add"]} label={t("calendar.addOn", { day: whole.format(day) })} onClick={() => openQuickCreate(type.api_name, { [start.api_name]: startOn(start, key) })}><Plus size={12} /></IconButton>}
                </div>
                {(days.get(key) ?? []).map((record) => (
                  <button
                    key={record.id} type="button" className={styles["entry"]} draggable={moves.may(record)} title={moves.may(record) ? t("calendar.hint") : undefined} data-record={record.id}
                    style={{ background: `var(--cat-${colour(record)}-soft)`, borderLeftColor: `var(--cat-${colour(record)}-solid)` }}
                    onClick={() => onOpen(record.id)} onKeyDown={(event) => onKeyDown(event, record)}
                    onDragStart={(event) => { event.dataTransfer.effectAllowed = "move"; event.dataTransfer.setData("text/plain", record.id); setDragged({ record, from: key }); }} onDragEnd={() => { setDragged(null); setOver(null); }}
                  >
                    {String(record[type.title_field] ?? "") || t("record.untitled")}
                  </button>
                ))}
              </div>
            );
          })}
        </div>
      ))}
    </div>
  );
}
