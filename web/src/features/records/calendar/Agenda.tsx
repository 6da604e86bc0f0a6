import type { ObjectType } from "@/api/types";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { formatDate } from "@/ui/format";
import styles from "./Calendar.module.css";
import { useColour } from "./colour";
import type { Entry } from "./entries";
import { dayKey, plusDays } from "./month";

/** Entries by each day of the month they cover. */
function byDay(entries: readonly Entry[], month: string): [string, Entry[]][] {
  const days = new Map<string, Entry[]>();
  for (const entry of entries) {
    const until = entry.end ? entry.end.getTime() - 1 : entry.start.getTime();
    for (let day = entry.start; day.getTime() <= until; day = plusDays(day, 1)) {
      const key = dayKey(day);
      if (key.startsWith(month)) days.set(key, [...(days.get(key) ?? []), entry]);
    }
  }
  return [...days].sort(([a], [b]) => (a < b ? -1 : 1));
}

interface Props {
  type: ObjectType;
  entries: readonly Entry[];
  month: string;
  today: string;
  onOpen: (id: string) => void;
}

/** The days of a month that hold something, one after the other. */
export function Agenda({ type, entries, month, today, onOpen }: Props) {
  const { t, language } = useSpeech();
  const colour = useColour(type);
  const held = byDay(entries, month);
  const time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
  if (held.length === 0) return <p className={styles["none"]}>{t("calendar.none")}</p>;
  return (
    <div className={styles["agenda"]} data-testid="calendar">
      {held.map(([key, own]) => (
        <section key={key} data-day={key} aria-label={formatDate(key, language)}>
          <h3 className={cx(styles["agendaDay"], key === today && styles["agendaToday"])}>{formatDate(key, language)}</h3>
          {own.map((entry) => (
            <button key={entry.id} type="button" className={cx(styles["entry"], entry.isRepeat && styles["repeat"])} style={{ background: `var(--cat-${colour(entry.record)}-soft)`, borderLeftColor: `var(--cat-${colour(entry.record)}-solid)` }} onClick={() => onOpen(entry.record.id)}>
              {!entry.allDay && <span className={styles["time"]}>{time.format(entry.start)}</span>}
              {String(entry.record[type.title_field] ?? "") || t("record.untitled")}
            </button>
          ))}
        </section>
      ))}
    </div>
  );
}
