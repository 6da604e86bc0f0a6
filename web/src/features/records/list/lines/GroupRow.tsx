import { ChevronDown, ChevronRight } from "lucide-react";
import { createContext, memo, useContext } from "react";
import type { Field, ObjectType } from "@/api/types";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { Bone } from "@/ui/State";
import { pinnedAt, type Column } from "../grid";
import { useSumText } from "../GridFooter";
import styles from "../Grid.module.css";
import { groupText } from "./groups";
import type { GroupLine } from "./lines";

/** By which field the list is in groups. */
export const GroupField = createContext<Field | undefined>(undefined);

interface Placed {
  index: number;
  top: number;
  height: number;
  columns: Column[];
}

interface Props extends Placed {
  type: ObjectType;
  group: GroupLine;
  gridId: string;
  active: boolean;
  onToggle: (key: string) => void;
}

/** The head of a group: its value, how many records it has, and their sums under the columns they are of. */
export function GroupRow({ group, index, top, height, columns, gridId, active, onToggle }: Props) {
  const speech = useSpeech();
  const { t } = speech;
  const field = useContext(GroupField);
  const sumText = useSumText();
  const name = field ? groupText(field, group.value, speech) : group.key;
  const Chevron = group.open ? ChevronDown : ChevronRight;
  return (
    <div className={cx(styles["row"], styles["group"])} role="row" aria-rowindex={index + 2} data-testid="grid-group" style={{ height, transform: `translateY(${top}px)` }} onClick={() => onToggle(group.key)}>
      <div role="gridcell" aria-colindex={1} id={`${gridId}-${index}-0`} data-cell={`${index}:0`} className={cx(styles["groupCell"], active && styles["active"])} style={{ gridColumn: "1 / span 2" }}>
        <button type="button" tabIndex={-1} aria-expanded={group.open} aria-label={t(group.open ? "grid.groupClose" : "grid.groupOpen", { name })} className={styles["groupToggle"]}><Chevron size={14} /></button>
        <span className={styles["value"]}>{name}</span>
        <span className={styles["groupCount"]}>{t("list.count", { n: group.count })}</span>
      </div>
      {columns.slice(1).map((column, at) => (
        <div key={column.path} role="gridcell" aria-colindex={at + 3} style={pinnedAt(column)} className={cx(styles["cell"], styles["sum"], column.left !== undefined && styles["pinned"], column.isEdge && styles["edge"], column.align === "right" && styles["right"])}>
          {sumText(group.sums[column.path], column)}
        </div>
      ))}
    </div>
  );
}

const MOST_BONES = 4;

/** A place whose record is still on its way; it is drawn by the hundred while the bar is dragged, and so is little. */
export const WaitingRow = memo(function WaitingRow({ index, top, height, columns }: Placed) {
  return (
    <div className={styles["row"]} role="row" aria-rowindex={index + 2} aria-busy style={{ height, transform: `translateY(${top}px)` }}>
      <div className={cx(styles["cell"], styles["mark"])} role="gridcell" />
      {columns.slice(0, MOST_BONES).map((column, at) => <div key={column.path} role="gridcell" className={styles["cell"]}><Bone width={`${35 + ((index * 31 + at * 17) % 45)}%`} height={10} /></div>)}
    </div>
  );
});
