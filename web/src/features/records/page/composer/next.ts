import { localDay } from "@/ui/format";

/** When to be in touch again, in the morning of that day. */
export const STEPS = { tomorrow: 1, threeDays: 3, week: 7 } as const;
export type Step = keyof typeof STEPS;
const MORNING = 9;

export function stepAt(step: Step, now = new Date()): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + STEPS[step], MORNING);
  return day.toISOString();
}

/** The choice an instant stands for; null where it is a date of one's own. */
export const stepOf = (at: string, now = new Date()): Step | null =>
  (Object.keys(STEPS) as Step[]).find((step) => localDay(stepAt(step, now)) === localDay(at)) ?? null;
