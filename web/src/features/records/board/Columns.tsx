import { useDroppable } from "@dnd-kit/core";
import { ChevronDown, ChevronRight } from "lucide-react";
import { useState } from "react";
import type { Field } from "@/api/types";
import { fieldUi } from "@/fields/registry";
import { isEmptyValue } from "@/fields/contract";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import styles from "./Board.module.css";
import { ColumnHead, type ColumnFacts } from "./ColumnHead";
import { placeId } from "./keyboard";
import type { Lane } from "./lanes";
import { Place } from "./Place";
import { useSetting } from "./setting";

interface Props {
  facts: ColumnFacts[];
  weighted: boolean;
  onFold: (key: string) => void;
}

const keyOf = (column: ColumnFacts) => column.choice?.key ?? "none";

/** A folded column: its name and count, and still a place to drop cards on. */
function Folded({ column, at, weighted, onFold }: { column: ColumnFacts; at: number; weighted: boolean; onFold: () => void }) {
  const drop = useDroppable({ id: placeId(0, at), data: { key: column.choice?.key ?? null } });
  return <section ref={drop.setNodeRef} className={cx(styles["folded"], drop.isOver && styles["over"])} data-testid={`board-column-${keyOf(column)}`}><ColumnHead {...column} weighted={weighted} onFold={onFold} /></section>;
}

/** All columns side by side, each scrolled by itself. */
export function Columns({ facts, weighted, onFold }: Props) {
  const { t, say } = useSpeech();
  return (
    <div className={styles["board"]} data-testid="board">
      {facts.map((column, at) => {
        const key = keyOf(column);
        const fold = () => onFold(key);
        if (column.folded) return <Folded key={key} column={column} at={at} weighted={weighted} onFold={fold} />;
        const label = t("board.column", { name: column.choice ? say(column.choice.label) : t("board.noValue"), n: column.count ?? 0 });
        return <Place key={key} choice={column.choice} at={{ column: at, lane: 0 }} filled label={label} testId={`board-column-${key}`} head={<ColumnHead {...column} weighted={weighted} onFold={fold} />} />;
      })}
    </div>
  );
}

const SHOWN_AT_FIRST = 6;

function LaneRow({ lane, at, facts, field, isOpen, onToggle }: { lane: Lane; at: number; facts: ColumnFacts[]; field: Field; isOpen: boolean; onToggle: () => void }) {
  const speech = useSpeech();
  const { t, say } = speech;
  const name = isEmptyValue(lane.value) ? t("board.noValue") : fieldUi(field).text(lane.value, field, speech) || t("value.outOfSight");
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <section className={styles["lane"]} aria-label={name} data-testid={`board-lane-${lane.key}`}>
      <button type="button" className={styles["laneHead"]} aria-expanded={isOpen} onClick={onToggle}><Chevron size={14} aria-hidden />{name}<span className={styles["count"]}>{lane.total.toLocaleString()}</span></button>
      {isOpen && (
        <div className={styles["laneRow"]}>
          {facts.map((column, index) => {
            const key = keyOf(column);
            const label = `${name}, ${column.choice ? say(column.choice.label) : t("board.noValue")}`;
            if (column.folded) return <div key={key} className={styles["foldedCell"]} />;
            return <Place key={key} choice={column.choice} lane={lane} at={{ column: index, lane: at }} filled={(lane.counts.get(column.choice?.key ?? null) ?? 0) > 0} className={styles["cell"]} label={label} testId={`board-cell-${key}`} />;
          })}
        </div>
      )}
    </section>
  );
}

/** Columns cut into lanes; what a folded lane holds is not asked for. */
export function Lanes({ facts, weighted, onFold, lanes, field }: Props & { lanes: Lane[]; field: Field }) {
  const { lane: drawn } = useSetting();
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const toggle = (key: string) => setToggled((old) => new Set(old.has(key) ? [...old].filter((each) => each !== key) : [...old, key]));
  return (
    <div className={styles["lanes"]} data-testid="board" data-lanes={drawn?.api_name}>
      <div className={styles["laneHeads"]}>{facts.map((column) => <div key={keyOf(column)} className={column.folded ? styles["foldedCell"] : styles["headCell"]} data-testid={`board-column-${keyOf(column)}`}><ColumnHead {...column} weighted={weighted} onFold={() => onFold(keyOf(column))} /></div>)}</div>
      {lanes.map((lane, at) => <LaneRow key={lane.key} lane={lane} at={at} facts={facts} field={field} isOpen={at < SHOWN_AT_FIRST !== toggled.has(lane.key)} onToggle={() => toggle(lane.key)} />)}
    </div>
  );
}
