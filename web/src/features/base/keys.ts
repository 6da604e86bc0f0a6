/** Query keys in one place, so that a write knows what it makes stale. */
export const keys = {
  catalog: ["catalog"] as const,
  session: ["session"] as const,
  object: (object: string) => ["records", object] as const,
  lists: (object: string) => ["records", object, "list"] as const,
  list: (object: string, body: unknown) => ["records", object, "list", body] as const,
  one: (object: string, id: string) => ["records", object, "one", id] as const,
  totals: (object: string) => ["records", object, "totals"] as const,
  total: (object: string, body: unknown) => ["records", object, "totals", body] as const,
  timeline: (object: string, id: string) => ["records", object, "timeline", id] as const,
  changes: ["changes"] as const,
  access: ["access"] as const,
  recalculations: ["recalculations"] as const,
};
