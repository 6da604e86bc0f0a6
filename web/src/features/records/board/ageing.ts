export type Age = 0 | 1 | 2 | 3;

export const USUAL_AGES: readonly number[] = [7, 14, 30];
const DAY_MS = 864e5;

/** Whole days since something was last changed; nothing where that is not known. */
export function daysSince(changedAt: unknown, now: number): number | null {
  const at = typeof changedAt === "string" ? Date.parse(changedAt) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, Math.floor((now - at) / DAY_MS));
}

/** How warm a card is: the longer nobody touched it, the warmer. */
export function ageOf(changedAt: unknown, thresholds: readonly number[], now = Date.now()): Age {
  const days = daysSince(changedAt, now);
  return days === null ? 0 : (thresholds.slice(0, 3).filter((limit) => days >= limit).length as Age);
}

export const AGE_COLOURS: Record<Age, string | null> = { 0: null, 1: "var(--cat-yellow-solid)", 2: "var(--cat-orange-solid)", 3: "var(--cat-red-solid)" };
