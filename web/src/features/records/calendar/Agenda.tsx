import { useSpeech } from "@/messages";
import { formatDate } from "@/ui/format";
import { cx } from "@/ui/cx";
import styles from "./Calendar.module.css";
import { useColour, type DaysProps } from "./MonthGrid";

/** The days of a month that hold something, one after the other. */
export function Agenda({ type, days, month, today, onOpen }: DaysProps) {
  const { t, language } = useSpeech();
  const colour = useColour(type);
  const held = [...days].filter(([key, records]) => key.startsWith(month) && records.length > 0);
  if (held.length === 0) return <p className={styles["none"]}>{t("calendar.none")}</p>;
  return (
    <div className={styles["agenda"]} data-testid="calendar">
      {held.map(([key, records]) => (
        <section key={key} data-day={key} aria-label={formatDate(key, language)}>
          <h3 className={cx(styles["agendaDay"], key === today && styles["agendaToday"])}>{formatDate(key, language)}</h3>
          {records.map((record) => (
            <button key={record.id} type="button" className={styles["entry"]} style={{ background: `var(--cat-${colour(record)}-soft)`, borderLeftColor: `var(--cat-${colour(record)}-solid)` }} onClick={() => onOpen(record.id)}>
              {String(record[type.title_field] ?? "") || t("record.untitled")}
            </button>
          ))}
        </section>
      ))}
    </div>
  );
}
