import { onlyReads } from "./busy";

/** As long as the stream may take to tell this tab what it did itself. */
const LATELY_MS = 2_000;
const underWay = new Map<string, number>();
const endedAt = new Map<string, number>();

/** The object whose records a request writes; null where it writes none, or does not say which. */
export function writtenBy(method: string, path: string): string | null {
  return onlyReads(method, path) ? null : (/^\/records\/([^/?]+)/.exec(path)?.[1] ?? null);
}

/** Runs a request and remembers which object's records it writes. */
export async function noting<T>(method: string, path: string, run: () => Promise<T>): Promise<T> {
  const object = writtenBy(method, path);
  if (object === null) return run();
  underWay.set(object, (underWay.get(object) ?? 0) + 1);
  try {
    return await run();
  } finally {
    underWay.set(object, (underWay.get(object) ?? 1) - 1);
    endedAt.set(object, Date.now());
  }
}

/** Whether this very tab writes records of the object, or did a moment ago: then it knows what the stream tells of them. */
export const wroteLately = (object: string): boolean => (underWay.get(object) ?? 0) > 0 || Date.now() - (endedAt.get(object) ?? -Infinity) < LATELY_MS;
