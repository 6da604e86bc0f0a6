export type Later = "hours" | "tomorrow" | "week";

/** When something put off comes back: in three hours, or at nine of a morning to come. */
export function later(choice: Later, now: Date): Date {
  if (choice === "hours") return new Date(now.getTime() + 3 * 36e5);
  const next = new Date(now);
  next.setDate(now.getDate() + (choice === "tomorrow" ? 1 : 7));
  next.setHours(9, 0, 0, 0);
  return next;
}
