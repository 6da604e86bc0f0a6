import { GripVertical, MoreHorizontal } from "lucide-react";
import { memo, useEffect, useRef, type PointerEvent } from "react";
import type { Reference } from "@/api/types";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { IconButton } from "@/ui/IconButton";
import { Menu, type MenuEntry } from "@/ui/Menu";
import { offList } from "../model/lines";
import type { Line, Worked } from "../model/types";
import { COLUMNS, readable, textOf, type Column } from "./columns";
import styles from "./Lines.module.css";
import { ProductInput } from "./ProductInput";

export type Leaving = "enter" | "tab" | "back" | "blur" | "up";
export interface Editing {
  column: number;
  /** Given where typing began the editing and so replaces what stood there. */
  typed: string | null;
}
export interface RowActs {
  focus: (row: number, column: number, extend: boolean) => void;
  edit: (row: number, column: number) => void;
  write: (row: number, key: Column["key"], text: string, by: Leaving) => void;
  pick: (row: number, product: Reference, by: Leaving) => void;
  seek: (row: number, words: string, by: Leaving) => void;
  leave: (row: number, by: Leaving) => void;
  cancel: () => void;
  grab: (row: number, event: PointerEvent<HTMLElement>) => void;
}

interface Props {
  line: Line;
  index: number;
  /** The row after the last, which becomes a line by being typed into. */
  ghost: boolean;
  worked: Worked | undefined;
  pending: boolean;
  currency: string | null;
  locked: boolean;
  active: number | null;
  inRange: boolean;
  editing: Editing | null;
  dragged: boolean;
  gridId: string;
  height: number;
  acts: RowActs;
  menu: (row: number) => MenuEntry[];
}

/** One line of text being typed into a cell. */
function CellInput({ label, begin, replace, invalid, onDone, onCancel }: { label: string; begin: string; replace: boolean; invalid: boolean; onDone: (text: string, by: Leaving) => void; onCancel: () => void }) {
  const ref = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  useEffect(() => {
    if (!replace) ref.current?.select();
  }, [replace]);
  const finish = (by: Leaving) => {
    if (done.current) return;
    done.current = true;
    onDone(ref.current?.value ?? "", by);
  };
  return (
    <input
      ref={ref} className={styles["input"]} defaultValue={begin} aria-label={label} aria-invalid={invalid} autoFocus autoComplete="off"
      onBlur={() => finish("blur")}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        const by: Leaving | undefined = event.key === "Tab" ? (event.shiftKey ? "back" : "tab") : ({ Enter: event.shiftKey ? "up" : "enter", ArrowUp: "up", ArrowDown: "enter" } as const)[event.key];
        if (event.key === "Escape") {
          done.current = true;
          onCancel();
        } else if (!by) return;
        else finish(by);
        event.preventDefault();
      }}
    />
  );
}

interface CellProps extends Pick<Props, "line" | "index" | "ghost" | "worked" | "pending" | "currency" | "locked" | "editing" | "gridId" | "acts"> {
  column: Column;
  at: number;
  active: boolean;
}

function problemOf({ line, worked, column }: CellProps, unknown: (name: string) => string): string | undefined {
  const found = worked?.problems[column.key];
  if (column.key !== "product") return found;
  return line.unknown ? unknown(line.unknown) : (found ?? worked?.problems[""]);
}

const reasonOf = ({ column, worked }: CellProps): string | undefined => (column.key === "unit_price" ? (worked?.price_reason ?? undefined) : undefined);

function classesOf({ line, column, pending, active }: CellProps, open: boolean, faulty: boolean): string {
  return cx(styles["cell"], column.right && styles["right"], active && styles["active"], open && styles["editing"], faulty && styles["faulty"], column.key === "product" && line.parent !== null && styles["part"], column.fixed && pending && styles["pending"]);
}

function Cell(props: CellProps) {
  const { line, index, ghost, worked, currency, locked, editing, gridId, acts, column, at } = props;
  const { t, language } = useSpeech();
  const problem = problemOf(props, (name) => t("quoting.unknownProduct", { name }));
  const open = editing?.column === at ? editing : null;
  const shared = { label: `${t(column.label)} ${index + 1}`, begin: open?.typed ?? textOf(line, column.key, worked), replace: open?.typed != null, invalid: Boolean(problem), onCancel: acts.cancel };
  const title = open ? undefined : (problem ?? reasonOf(props));
  const said = ghost && at === 0 ? <span className={styles["ghost"]}>{t("quoting.addHere")}</span> : ghost ? "" : readable(line, column.key, worked, currency, language);
  return (
    <div
      id={`${gridId}-${index}-${at}`} role="gridcell" aria-colindex={at + 2} aria-invalid={problem ? true : undefined} aria-readonly={locked || column.fixed || undefined} data-column={column.key} title={title} className={classesOf(props, open !== null, Boolean(problem))}
      onPointerDown={(event) => { if (!open) acts.focus(index, at, event.shiftKey); }} onDoubleClick={() => acts.edit(index, at)}
    >
      {open && column.key === "product" && <ProductInput {...shared} onPick={(product, by) => acts.pick(index, product, by)} onSeek={(words, by) => acts.seek(index, words, by)} onWords={(words, by) => acts.write(index, "product", words, by)} onLeave={(by) => acts.leave(index, by)} />}
      {open && column.key !== "product" && <CellInput {...shared} onDone={(text, by) => acts.write(index, column.key, text, by)} />}
      {!open && column.key === "unit_price" && offList(line, worked) && <span className={styles["off"]} role="img" aria-label={t("quoting.offList")} />}
      {!open && <span className={styles["text"]}>{said}</span>}
    </div>
  );
}

export const LineRow = memo(function LineRow({ active, inRange, dragged, height, menu, ...cell }: Props) {
  const { t } = useSpeech();
  const { index, ghost, locked, acts } = cell;
  return (
    <div role="row" aria-rowindex={index + 2} aria-selected={inRange || undefined} data-testid={ghost ? "line-new" : "line"} className={cx(styles["row"], dragged && styles["dragged"])} style={{ top: index * height, height }}>
      <div role="rowheader" className={styles["mark"]}>
        {!ghost && !locked && <span className={styles["handle"]} aria-hidden onPointerDown={(event) => acts.grab(index, event)}><GripVertical size={13} /></span>}
        <span>{ghost ? "" : index + 1}</span>
      </div>
      {COLUMNS.map((column, at) => <Cell key={column.key} {...cell} column={column} at={at} active={active === at} />)}
      <div role="gridcell" className={styles["tools"]}>
        {!ghost && !locked && <Menu entries={menu(index)}><IconButton small tabIndex={-1} label={t("quoting.lineActions", { n: index + 1 })}><MoreHorizontal size={14} /></IconButton></Menu>}
      </div>
    </div>
  );
});
