/** Answers by address, asked for by public/ahead.js while the scripts were loading. */
type Ahead = Record<string, Promise<Response>>;
const held = globalThis as { banyanAhead?: Ahead };
const FRESH_FOR_MS = 10_000;

/** What was asked for ahead of us, once, and while the page is as young as a query may be; nothing where nobody asked. */
export function takeAhead(address: string): Promise<Response | null> | undefined {
  const answer = held.banyanAhead?.[address];
  if (!answer) return undefined;
  delete held.banyanAhead?.[address];
  return performance.now() < FRESH_FOR_MS ? answer.catch(() => null) : undefined;
}
