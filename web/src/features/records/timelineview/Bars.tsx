import { useLayoutEffect, useRef } from "react";
import type { ObjectType, RecordData } from "@/api/types";
import { useSpeech } from "@/messages";
import { useColour } from "../calendar/colour";
import type { Moves } from "../calendar/useMoves";
import { BarLine } from "./BarLine";
import { daysFrom, SCALE, ticksOf, type Bar, type Range, type Tick, type Zoom } from "./layout";
import styles from "./Timeline.module.css";

export interface Band {
  key: string;
  /** Null where nothing is in groups. */
  label: string | null;
  rows: { record: RecordData; bar: Bar }[];
}

interface Props {
  type: ObjectType;
  bands: Band[];
  range: Range;
  zoom: Zoom;
  day: string;
  today: string;
  moves: Moves;
  onOpen: (id: string) => void;
}

const Marks = ({ ticks, width }: { ticks: Tick[]; width: number }) => (
  <div className={styles["marks"]} aria-hidden>
    {ticks.map((tick) => <span key={tick.at} className={styles["mark"]} style={{ width: tick.length * width }}><span>{tick.length * width > 18 ? tick.label : ""}</span></span>)}
  </div>
);

/** Names on the left, bars over the days on the right; both scroll together. */
export function Bars({ type, bands, range, zoom, day, today, moves, onOpen }: Props) {
  const { t, language } = useSpeech();
  const colour = useColour(type);
  const { width } = SCALE[zoom];
  const { upper, lower } = ticksOf(range, zoom, language);
  const scroll = useRef<HTMLDivElement>(null);
  const at = daysFrom(range.first, day);
  useLayoutEffect(() => {
    // The day looked at lies a quarter in, so that what comes has more room than what was.
    if (scroll.current) scroll.current.scrollLeft = Math.max(0, at * width - scroll.current.clientWidth / 4);
  }, [at, width]);
  const now = daysFrom(range.first, today);
  return (
    <div ref={scroll} className={styles["scroll"]} data-testid="timeline-view">
      <div className={styles["canvas"]} style={{ ["--days" as string]: `${range.days * width}px`, ["--mark" as string]: `${(zoom === "day" ? 1 : zoom === "week" ? 7 : 30) * width}px` }}>
        <div className={styles["head"]}><span className={styles["corner"]} /><div><Marks ticks={upper} width={width} /><Marks ticks={lower} width={width} /></div></div>
        {now >= 0 && now < range.days && <div className={styles["today"]} style={{ marginLeft: (now + 0.5) * width }} title={t("time.today")} data-testid="timeline-today" />}
        {bands.map((band) => (
          <section key={band.key} aria-label={band.label ?? undefined}>
            {band.label !== null && <h3 className={styles["band"]}><span>{band.label}<span className={styles["count"]}>{band.rows.length}</span></span></h3>}
            {band.rows.map(({ record, bar }) => <BarLine key={record.id} type={type} record={record} bar={bar} width={width} colour={colour(record)} moves={moves} onOpen={onOpen} />)}
          </section>
        ))}
      </div>
    </div>
  );
}
