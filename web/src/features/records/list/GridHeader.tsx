import { closestCenter, DndContext, useSensor, useSensors, type DragEndEvent } from "@dnd-kit/core";
import { arrayMove, horizontalListSortingStrategy, SortableContext, useSortable } from "@dnd-kit/sortable";
import { ArrowDown, ArrowLeft, ArrowRight, ArrowUp, ChevronDown, EyeOff, Group, Pin, PinOff, Plus } from "lucide-react";
import { memo, type KeyboardEvent, type PointerEvent } from "react";
import type { Sort } from "@/api/types";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { landed, PromptPointer } from "@/ui/drag";
import { IconButton } from "@/ui/IconButton";
import { Menu, type MenuEntry } from "@/ui/Menu";
import { usePathLabel } from "@/features/base/fieldOptions";
import { moved, nextSort, pinnedAt, type Column } from "./grid";
import styles from "./Grid.module.css";

/** What a header changes of a list. */
export interface HeaderActs {
  onSort: (sort: Sort[]) => void;
  onColumns: (paths: string[]) => void;
  onWidth: (path: string, width: number) => void;
  onPinned: (count: number) => void;
  /** Given where the column's field can put the list in groups. */
  onGroup: (path: string) => void;
  groupable: (path: string) => boolean;
  onAddField: (() => void) | undefined;
}

interface Props extends HeaderActs {
  object: string;
  columns: Column[];
  sort: Sort[];
  allSelected: boolean;
  onToggleAll: () => void;
}

type CellProps = Omit<Props, "allSelected" | "onToggleAll" | "onAddField"> & { column: Column; index: number };

/** What can be done with a column without dragging it. */
function useColumnMenu({ column, index, columns, sort, onSort, onColumns, onPinned, onGroup, groupable }: CellProps): MenuEntry[] {
  const { t } = useSpeech();
  const paths = columns.map((each) => each.path);
  const others = sort.filter((part) => part.field !== column.path);
  const by = (direction: "asc" | "desc") => ({ field: column.path, direction });
  const sorts: MenuEntry[] = [
    { key: "asc", label: t("list.sortAsc"), icon: <ArrowUp size={14} />, onSelect: () => onSort([by("asc")]) },
    { key: "desc", label: t("list.sortDesc"), icon: <ArrowDown size={14} />, onSelect: () => onSort([by("desc")]) },
    ...(others.length > 0 && others.length < 5 ? [{ key: "also", label: t("grid.sortAlso"), icon: <Plus size={14} />, onSelect: () => onSort([...others, by("asc")]) }] : []),
    { key: "line1", label: "", divider: true },
  ];
  const last = column.isEdge;
  return [
    ...(column.field.sortable ? sorts : []),
    ...(groupable(column.path) ? [{ key: "group", label: t("grid.groupBy"), icon: <Group size={14} />, onSelect: () => onGroup(column.path) }] : []),
    { key: "pin", label: t(last ? "grid.unpin" : "grid.pin"), icon: last ? <PinOff size={14} /> : <Pin size={14} />, onSelect: () => onPinned(last ? index : index + 1) },
    ...(index > 1 ? [{ key: "left", label: t("grid.moveLeft"), icon: <ArrowLeft size={14} />, onSelect: () => onColumns(moved(paths, column.path, -1)) }] : []),
    ...(index > 0 && index < columns.length - 1 ? [{ key: "right", label: t("grid.moveRight"), icon: <ArrowRight size={14} />, onSelect: () => onColumns(moved(paths, column.path, 1)) }] : []),
    ...(index > 0 ? [{ key: "hide", label: t("list.hideColumn"), icon: <EyeOff size={14} />, onSelect: () => onColumns(paths.filter((path) => path !== column.path)) }] : []),
  ];
}

function HeadCell(props: CellProps) {
  const { object, column, index, sort, onSort, onWidth } = props;
  const { t } = useSpeech();
  const name = usePathLabel()(object, column.path);
  const drag = useSortable({ id: column.path, disabled: index === 0 });
  const at = sort.findIndex((part) => part.field === column.path);
  const direction = sort[at]?.direction;
  const sortable = column.field.sortable;
  const entries = useColumnMenu(props);

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
  return (
    <div
      ref={drag.setNodeRef}
      role="columnheader"
      aria-colindex={index + 2}
      aria-sort={direction === "asc" ? "ascending" : direction === "desc" ? "descending" : sortable ? "none" : undefined}
      className={cx(styles["headCell"], index === 0 && styles["face"], column.left !== undefined && styles["pinned"], column.isEdge && styles["edge"], column.align === "right" && styles["right"], drag.isDragging && styles["dragging"])}
      style={{ ...pinnedAt(column), ...(drag.transform ? { transform: `translateX(${drag.transform.x}px)`, transition: drag.transition } : {}) }}
    >
      <button type="button" className={styles["headButton"]} title={name} aria-disabled={!sortable} onClick={(event) => sortable && onSort(nextSort(sort, column.path, event.shiftKey))} {...drag.listeners}>
        <span className={styles["headText"]}>{name}</span>
        {direction && (direction === "asc" ? <ArrowUp size={12} color="var(--accent)" /> : <ArrowDown size={12} color="var(--accent)" />)}
        {direction && sort.length > 1 && <span className={styles["order"]}>{at + 1}</span>}
      </button>
      <Menu entries={entries}>
        <IconButton small className={styles["headMenu"]} label={t("list.columnMenu", { name })}><ChevronDown size={12} /></IconButton>
      </Menu>
      <span className={styles["resize"]} role="separator" aria-orientation="vertical" aria-label={t("list.resize", { name })} aria-valuenow={column.width} tabIndex={-1} onPointerDown={startResize} onKeyDown={resizeByKey} />
    </div>
  );
}

/** It stays as it is while rows go by. */
export const GridHeader = memo(function GridHeader({ columns, allSelected, onToggleAll, onColumns, onAddField, ...rest }: Props) {
  const { t } = useSpeech();
  const sensors = useSensors(useSensor(PromptPointer, { activationConstraint: { distance: 6 } }));
  const paths = columns.map((column) => column.path);
  const drop = (event: DragEndEvent) => {
    const from = paths.indexOf(String(event.active.id));
    const to = paths.indexOf(landed(event)?.id ?? "");
    if (from !== to && to > 0) onColumns(arrayMove(paths, from, to));
  };
  return (
    <DndContext accessibility={{ container: document.body }} sensors={sensors} collisionDetection={closestCenter} onDragEnd={drop}>
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
});
