import type { KeyboardEvent } from "react";
import type { RecordData } from "@/api/types";
import { isTyping } from "@/ui/focus";
import type { Column } from "./grid";
import type { Undoing } from "./cells/useHistory";
import type { useRange } from "./cells/useRange";
import { recordAt, type Lines } from "./lines/lines";

interface Given {
  lines: Lines;
  columns: Column[];
  range: ReturnType<typeof useRange>;
  page: number;
  history: Undoing;
  peek: string | undefined;
  reveal: (row: number) => void;
  onPeek: (id: string | undefined) => void;
  onPage: (id: string) => void;
  onFilter: () => void;
  onToggle: (index: number) => void;
  select: (record: RecordData, row: number, range: boolean) => void;
  edit: (record: RecordData, column: Column, typed?: string) => void;
  clear: () => void;
  fillDown: () => void;
}

/** The keyboard map of the grid. */
export function useGridKeys(given: Given) {
  const { lines, columns, range, history } = given;
  const command = (event: KeyboardEvent): boolean => {
    const key = event.key.toLowerCase();
    if (key === "z") (event.shiftKey ? history.redo : history.undo)();
    else if (key === "y") history.redo();
    else if (key === "d") given.fillDown();
    else if (key === "a") range.setRange({ anchor: { row: 0, column: 0 }, head: { row: Math.max(0, lines.count - 1), column: columns.length - 1 } });
    else return false;
    return true;
  };
  const onCell = (event: KeyboardEvent): boolean => {
    const { row, column: at } = range.range.anchor;
    const record = recordAt(lines, row);
    const column = columns[at];
    if (!record && lines.at(row)?.kind === "group" && (event.key === "Enter" || event.key === " ")) {
      given.onToggle(row);
      return true;
    }
    if (event.key === "/") given.onFilter();
    else if (event.key === "Escape" && range.many) range.set(range.range.anchor);
    else if (event.key === "Escape" && given.peek) given.onPeek(undefined);
    else if (!record || !column) return false;
    else if (event.key === "Enter") given.onPage(record.id);
    else if (event.key === "e" || event.key === "F2") given.edit(record, column);
    else if (event.key === " ") given.select(record, row, event.shiftKey);
    else if (event.key === "Delete" || event.key === "Backspace") given.clear();
    else if (event.key.length === 1 && !event.altKey && !event.nativeEvent.isComposing && column.editable) given.edit(record, column, event.key);
    else return false;
    return true;
  };
  return (event: KeyboardEvent<HTMLDivElement>) => {
    if (isTyping(event.target) && (event.target as HTMLInputElement).type !== "checkbox") return;
    if (event.target !== event.currentTarget && /^(Enter| |Backspace|Delete)$/.test(event.key)) return;
    const isCommand = event.metaKey || event.ctrlKey;
    const head = isCommand ? null : range.move(event.key, event.shiftKey, given.page);
    if (head) {
      given.reveal(head.row);
      if (given.peek && !event.shiftKey) given.onPeek(recordAt(lines, head.row)?.id ?? given.peek);
    } else if (!(isCommand ? command(event) : onCell(event))) return;
    event.preventDefault();
  };
}
