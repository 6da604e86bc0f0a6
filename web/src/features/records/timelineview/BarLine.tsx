import { useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import type { ObjectType, RecordData } from "@/api/types";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { formatDate } from "@/ui/format";
import type { Moves } from "../calendar/useMoves";
import { dragged, shiftKey, type Bar } from "./layout";
import styles from "./Timeline.module.css";

interface Props {
  type: ObjectType;
  record: RecordData;
  bar: Bar;
  width: number;
  colour: string;
  moves: Moves;
  onOpen: (id: string) => void;
}

type Edge = "move" | "start" | "end";
/** A narrower bar holds less than a word; the name stands at its left anyhow. */
const TEXT_FROM = 40;
const NOTHING = { start: 0, end: 0 };

/** One record: its name, and its bar, which a mouse drags and the keyboard moves with Alt. A touch scrolls. */
export function BarLine({ type, record, bar, width, colour, moves, onOpen }: Props) {
  const { t, language } = useSpeech();
  const held = useRef<{ edge: Edge; x: number; moved: boolean } | null>(null);
  const [by, setBy] = useState(NOTHING);
  const title = String(record[type.title_field] ?? "") || t("record.untitled");
  const may = moves.may(record);
  const stretches = moves.mayStretch(record);
  const [from, to] = [shiftKey(bar.begins, by.start), shiftKey(bar.ends, by.end)];
  const wide = Math.max(8, (bar.length + by.end - by.start) * width);
  const label = t("timeline.bar", { name: title, from: formatDate(from, language), to: formatDate(to, language) });

  const take = (edge: Edge) => (event: PointerEvent<HTMLElement>) => {
    if (event.pointerType === "touch" || event.button !== 0 || !(edge === "move" ? may : stretches)) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    held.current = { edge, x: event.clientX, moved: false };
  };
  const onPointerMove = (event: PointerEvent) => {
    const hold = held.current;
    if (!hold) return;
    if (Math.abs(event.clientX - hold.x) > 3) hold.moved = true;
    setBy(dragged(hold.edge, Math.round((event.clientX - hold.x) / width), bar));
  };
  const letGo = () => {
    const hold = held.current;
    held.current = null;
    if (!hold) return;
    setBy(NOTHING);
    if (hold.edge === "move") void moves.move(record, by.start);
    else void moves.stretch(record, by);
    // The click that follows a drag opens nothing.
    const swallow = (event: Event) => event.stopPropagation();
    if (hold.moved) window.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 0);
  };
  const drop = () => {
    held.current = null;
    setBy(NOTHING);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (!event.altKey || step === 0) return;
    event.preventDefault();
    if (event.shiftKey) void moves.stretch(record, dragged("end", step, bar));
    else void moves.move(record, step);
  };
  const handlers = { onPointerMove, onPointerUp: letGo, onPointerCancel: drop };
  return (
    <div className={styles["row"]}>
      <button type="button" className={styles["name"]} title={title} onClick={() => onOpen(record.id)} tabIndex={-1}>{title}</button>
      <div className={styles["track"]}>
        <div
          role="button" tabIndex={0} aria-label={label} title={may ? `${label}\n${t("timeline.hint")}` : label} className={cx(styles["bar"], may && styles["movable"])} data-testid="timeline-bar" data-record={record.id}
          style={{ left: (bar.from + by.start) * width, width: wide, background: `var(--cat-${colour}-soft)`, borderColor: `var(--cat-${colour}-solid)` }}
          onPointerDown={take("move")} {...handlers} onClick={() => onOpen(record.id)}
          onKeyDown={(event) => { if (event.key === "Enter") onOpen(record.id); else onKeyDown(event); }}
        >
          {stretches && <span className={cx(styles["edge"], styles["left"])} data-edge="start" onPointerDown={take("start")} {...handlers} />}
          {wide > TEXT_FROM && <span className={styles["text"]}>{title}</span>}
          {stretches && <span className={cx(styles["edge"], styles["right"])} data-edge="end" onPointerDown={take("end")} {...handlers} />}
        </div>
      </div>
    </div>
  );
}
