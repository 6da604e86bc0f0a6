import type { KeyboardCoordinateGetter } from "@dnd-kit/core";

/** With the keyboard a lifted card jumps from column to column instead of creeping by pixels. */
export const jumpBetweenColumns: KeyboardCoordinateGetter = (event, { currentCoordinates, context }) => {
  if (event.code !== "ArrowLeft" && event.code !== "ArrowRight") return undefined;
  event.preventDefault();
  const columns = [...context.droppableRects.values()].sort((a, b) => a.left - b.left);
  const centre = (context.collisionRect?.left ?? currentCoordinates.x) + (context.collisionRect?.width ?? 0) / 2;
  const at = columns.findIndex((rect) => centre >= rect.left && centre <= rect.right);
  const target = columns[Math.max(0, Math.min(columns.length - 1, at + (event.code === "ArrowRight" ? 1 : -1)))];
  return target ? { x: target.left + 4, y: target.top + 48 } : undefined;
};

/** The card above or below on the board as it is shown, so that ↑↓ of the preview go on to it. */
export function cardBeside(id: string, by: 1 | -1): string | undefined {
  const shown = [...document.querySelectorAll<HTMLElement>("[data-record]")].map((card) => card.dataset["record"]);
  return shown[shown.indexOf(id) + by];
}
