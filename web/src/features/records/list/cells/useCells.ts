import { useQueryClient } from "@tanstack/react-query";
import { useState, type ClipboardEvent } from "react";
import { useCatalog } from "@/api/catalog";
import type { ObjectType } from "@/api/types";
import { mayBulk } from "@/features/base/rights";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import type { Column } from "../grid";
import { recordAt, type Lines } from "../lines/lines";
import { readBlock, toHtml, toTsv } from "@/features/base/clipboard";
import { planTexts, planValues, type Plan, type Sheet } from "./plan";
import { heightOf, rectOf, spread, type Range, type Rect } from "./range";
import { usePlanWriting } from "./usePlanWriting";
import { cellText } from "./values";

const MOST_CELLS = 50_000;
const span = (first: number, last: number) => Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);

interface Given {
  type: ObjectType;
  columns: Column[];
  lines: Lines;
  range: Range;
}

/** Copying, pasting, filling and clearing the rectangle that is chosen. */
export function useCells({ type, columns, lines, range }: Given) {
  const catalog = useCatalog();
  const client = useQueryClient();
  const speech = useSpeech();
  const { t } = speech;
  const [plan, setPlan] = useState<Plan | null>(null);
  const [busy, setBusy] = useState(false);
  const desk = { object: type.api_name, client, catalog };
  const write = usePlanWriting(desk);
  const rect = rectOf(range);
  const sheet: Sheet = { type, catalog, columns, count: lines.count, grows: lines.ended && type.permissions.create, record: (row) => recordAt(lines, row), t };
  /** Whether so many records may be written at once; says so where not. */
  const allowed = (next: Plan): boolean => {
    const many = next.versions.size + next.creations.length > 1;
    if (many && !mayBulk(type, "update")) toast(t("grid.needsBulk"), { tone: "danger" });
    return !many || mayBulk(type, "update");
  };
  /** Small and sure things are done at once, with the undo at hand; what was refused is listed. */
  const act = async (next: Plan) => {
    if (!allowed(next)) return;
    if (next.changes.length === 0 && next.wrong.length === 0) return;
    setBusy(true);
    try {
      const left = next.changes.length ? await write(next, [], {}) : [];
      if (next.wrong.length + left.length) setPlan({ ...next, changes: [], creations: [], wrong: [...next.wrong, ...left.map((cell) => ({ ...cell, column: columns.find((column) => column.path === cell.path)! }))] });
    } catch (error) {
      complain(error, t);
    }
    setBusy(false);
  };
  const copy = (event: ClipboardEvent) => {
    const block = span(rect.top, rect.bottom).flatMap((row) => {
      const record = recordAt(lines, row);
      return record ? [columns.slice(rect.left, rect.right + 1).map((column) => cellText(record[column.path] ?? null, column.field, speech))] : [];
    });
    event.clipboardData.setData("text/plain", toTsv(block));
    event.clipboardData.setData("text/html", toHtml(block));
    event.preventDefault();
    const left = heightOf(rect) - block.length;
    toast(left > 0 ? t("grid.copiedInPart", { n: block.length, left }) : t("grid.copied", { n: block.length * (block[0]?.length ?? 0) }));
  };
  const paste = async (event: ClipboardEvent) => {
    event.preventDefault();
    const block = readBlock(event.clipboardData);
    const landed = spread(block, rect);
    if (block.length === 0 || busy) return;
    const size = heightOf(landed.rect) * (landed.rect.right - landed.rect.left + 1);
    if (size > MOST_CELLS) return toast(t("grid.tooMany", { n: size, most: MOST_CELLS }), { tone: "danger" });
    setBusy(true);
    try {
      const next = await planTexts(sheet, landed);
      const sure = next.wrong.length + next.creations.length + next.rowsLeft + next.columnsLeft === 0;
      if (sure && next.changes.length === 0) toast(t("grid.pasteNothing"));
      else if (size === 1 && sure) await act(next);
      else if (allowed(next)) setPlan(next);
    } catch (error) {
      complain(error, t);
    }
    setBusy(false);
  };
  const clear = () => void act(planValues(sheet, span(rect.top, rect.bottom), span(rect.left, rect.right), () => null));
  const fill = (from: number, into: Rect) =>
    void act(planValues(sheet, span(into.top, into.bottom).filter((row) => row !== from), span(into.left, into.right), (_row, column) => recordAt(lines, from)?.[column.path]));
  const fillDown = () => fill(rect.top, rect);
  return { plan, busy, closePlan: () => setPlan(null), write, copy, paste, clear, fillDown };
}
