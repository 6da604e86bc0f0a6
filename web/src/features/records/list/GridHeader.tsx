import { closestCenter, DndContext, PointerSensor, useSensor, useSensors, type DragEndEvent } from "@dnd-kit/core";
import { arrayMove, horizontalListSortingStrategy, SortableContext, useSortable } from "@dnd-kit/sortable";
import { ArrowDown, ArrowUp, ChevronDown, EyeOff, Plus } from "lucide-react";
import type { KeyboardEvent, PointerEvent } from "react";
import type { Sort } from "@/api/types";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { IconButton } from "@/ui/IconButton";
import { Menu, type MenuEntry } from "@/ui/Menu";
import { usePathLabel } from "@/features/base/fieldOptions";
import { nextSort, type Column } from "./grid";
import styles from "./Grid.module.css";

interface Props {
  object: string;
  columns: Column[];
  sort: Sort[];
  allSelected: boolean;
  onToggleAll: () => void;
  onSort: (sort: Sort[]) => void;
  onColumns: (paths: string[]) => void;
  onWidth: (path: string, width: number) => void;
  onAddField: (() => void) | undefined;
}

type CellProps = Pick<Props, "object" | "columns" | "sort" | "onSort" | "onColumns" | "onWidth"> & { column: Column; index: number };

function HeadCell({ object, column, index, columns, sort, onSort, onColumns, onWidth }: CellProps) {
  const { t } = useSpeech();
  const name = usePathLabel()(object, column.path);
  const drag = useSortable({ id: column.path, disabled: index === 0 });
  const at = sort.findIndex((part) => part.field === column.path);
  const direction = sort[at]?.direction;
  const sortable = column.field.sortable;

  const startResize = (event: PointerEvent) => {
    event.preventDefault();
    event.stopPropagation();
    const from = event.clientX;
    const move = (next: globalThis.PointerEvent) => onWidth(column.path, Math.max(60, Math.min(900, column.width + next.clientX - from)));
    const stop = () => window.removeEventListener("pointermove", move);
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", stop, { once: true });
  };
  const resizeByKey = (event: KeyboardEvent) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    event.stopPropagation();
    onWidth(column.path, Math.max(60, column.width + (event.key === "ArrowRight" ? 16 : -16)));
  };
  const entries: MenuEntry[] = [
    ...(sortable
      ? [
          { key: "asc", label: t("list.sortAsc"), icon: <ArrowUp size={14} />, onSelect: () => onSort([{ field: column.path, direction: "asc" }]) },
          { key: "desc", label: t("list.sortDesc"), icon: <ArrowDown size={14} />, onSelect: () => onSort([{ field: column.path, direction: "desc" }]) },
        ]
      : []),
    ...(index > 0 ? [{ key: "hide", label: t("list.hideColumn"), icon: <EyeOff size={14} />, onSelect: () => onColumns(columns.filter((other) => other.path !== column.path).map((other) => other.path)) }] : []),
  ];

  return (
    <div
      ref={drag.setNodeRef}
      role="columnheader"
      aria-colindex={index + 2}
      aria-sort={direction === "asc" ? "ascending" : direction === "desc" ? "descending" : sortable ? "none" : undefined}
      className={cx(styles["headCell"], index === 0 && styles["face"], column.align === "right" && styles["right"], drag.isDragging && styles["dragging"])}
      style={drag.transform ? { transform: `translateX(${drag.transform.x}px)`, transition: drag.transition } : undefined}
    >
      <button
        type="button"
        className={styles["headButton"]}
        title={name}
        disabled={!sortable}
        onClick={(event) => onSort(nextSort(sort, column.path, event.shiftKey))}
        {...drag.listeners}
      >
        <span className={styles["headText"]}>{name}</span>
        {direction && (direction === "asc" ? <ArrowUp size={12} color="var(--accent)" /> : <ArrowDown size={12} color="var(--accent)" />)}
        {direction && sort.length > 1 && <span className={styles["order"]}>{at + 1}</span>}
      </button>
      {entries.length > 0 && (
        <Menu entries={entries}>
          <IconButton small className={styles["headMenu"]} label={t("list.columnMenu", { name })}><ChevronDown size={12} /></IconButton>
        </Menu>
      )}
      <span className={styles["resize"]} role="separator" aria-orientation="vertical" aria-label={t("list.resize", { name })} aria-valuenow={column.width} tabIndex={-1} onPointerDown={startResize} onKeyDown={resizeByKey} />
    </div>
  );
}

export function GridHeader({ columns, allSelected, onToggleAll, onColumns, onAddField, ...rest }: Props) {
  const { t } = useSpeech();
  const sensors = useSensors(useSensor(PointerSensor, { activationConstraint: { distance: 6 } }));
  const paths = columns.map((column) => column.path);
  const drop = ({ active, over }: DragEndEvent) => {
    const to = paths.indexOf(String(over?.id));
    if (over && active.id !== over.id && to > 0) onColumns(arrayMove(paths, paths.indexOf(String(active.id)), to));
  };
  return (
    <DndContext sensors={sensors} collisionDetection={closestCenter} onDragEnd={drop}>
      <div className={styles["head"]} role="row" aria-rowindex={1}>
        <div role="columnheader" aria-colindex={1} className={cx(styles["headCell"], styles["mark"])}>
          <input type="checkbox" className={styles["check"]} checked={allSelected} onChange={onToggleAll} aria-label={t("list.selectAll")} />
        </div>
        <SortableContext items={paths} strategy={horizontalListSortingStrategy}>
          {columns.map((column, index) => <HeadCell key={column.path} column={column} index={index} columns={columns} onColumns={onColumns} {...rest} />)}
        </SortableContext>
        <div role="columnheader" aria-colindex={columns.length + 2} className={styles["headCell"]}>
          {onAddField && <IconButton small label={t("list.addField")} onClick={onAddField}><Plus size={14} /></IconButton>}
        </div>
      </div>
    </DndContext>
  );
}
