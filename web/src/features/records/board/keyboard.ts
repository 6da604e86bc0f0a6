import type { KeyboardCoordinateGetter } from "@dnd-kit/core";

/** Where cards are put down: a lane by a column, both by their place. */
export const placeId = (lane: number, column: number) => `place:${lane}:${column}`;

/** The place beside one, as far as there is one; with a single lane ↑↓ lead nowhere. */
export function placeBeside(id: string, key: string, lanes: number, columns: number): string | null {
  const [, lane, column] = id.split(":").map(Number);
  if (lane === undefined || column === undefined || Number.isNaN(lane) || Number.isNaN(column)) return null;
  const by = key === "ArrowLeft" ? [0, -1] : key === "ArrowRight" ? [0, 1] : key === "ArrowUp" ? [-1, 0] : key === "ArrowDown" ? [1, 0] : null;
  if (!by) return null;
  const clamp = (value: number, most: number) => Math.max(0, Math.min(most - 1, value));
  return placeId(clamp(lane + (by[0] ?? 0), lanes), clamp(column + (by[1] ?? 0), columns));
}

/** With the keyboard a lifted card jumps from place to place instead of creeping by pixels. */
export const jumpBetween = (lanes: number, columns: number): KeyboardCoordinateGetter => (event, { context }) => {
  if (!event.code.startsWith("Arrow")) return undefined;
  event.preventDefault();
  const target = context.over && placeBeside(String(context.over.id), event.code, lanes, columns);
  const rect = target ? context.droppableRects.get(target) : undefined;
  return rect ? { x: rect.left + 4, y: rect.top + Math.min(48, rect.height / 4) } : undefined;
};

const cardsIn = (place: Element | undefined) => [...(place?.querySelectorAll<HTMLElement>("[data-record]") ?? [])];

/** The card to which an arrow key leads from another: up and down its column, or across to the next column that has any. */
export function cardTowards(from: HTMLElement, key: string): HTMLElement | undefined {
  const place = from.closest("[data-place]");
  const row = place?.parentElement;
  if (!place || !row) return undefined;
  const cards = cardsIn(place);
  const at = cards.indexOf(from);
  if (key === "ArrowUp" || key === "ArrowDown") return cards[at + (key === "ArrowUp" ? -1 : 1)];
  if (key !== "ArrowLeft" && key !== "ArrowRight") return undefined;
  const places = [...row.querySelectorAll("[data-place]")];
  const step = key === "ArrowLeft" ? -1 : 1;
  for (let index = places.indexOf(place) + step; index >= 0 && index < places.length; index += step) {
    const there = cardsIn(places[index]);
    if (there.length) return there[Math.min(at, there.length - 1)];
  }
  return undefined;
}

/** The card above or below on the board as it is shown, so that ↑↓ of the preview go on to it. */
export function cardBeside(id: string, by: 1 | -1): string | undefined {
  const shown = [...document.querySelectorAll<HTMLElement>("[data-record]")].map((card) => card.dataset["record"]);
  return shown[shown.indexOf(id) + by];
}
