const CODES = new Set(["service_busy", "workspace_busy", "database_busy"]);
const MOST_TRIES = 3;
const LONGEST_S = 5;
const ASKS = /\/(query|aggregate|anchors)$/;

export const isBusy = (code: string): boolean => CODES.has(code);

/** What only reads may be asked again unseen; whatever writes is repeated by the person, who knows what was meant. */
export const onlyReads = (method: string, path: string) => method === "GET" || (method === "POST" && ASKS.test(path));

/**
 * Milliseconds to wait before a refused read is asked again, or null where the person is told instead. Spread out, so
 * that all who were refused in one moment do not come back in one.
 */
export function pauseBefore(tries: number, method: string, path: string, code: string, retryAfter: number | undefined): number | null {
  if (!isBusy(code) || !onlyReads(method, path) || tries >= MOST_TRIES || (retryAfter ?? 1) > LONGEST_S) return null;
  return (retryAfter ?? 1) * 1000 * (0.75 + Math.random() / 2) * tries;
}

/** Resolves after the pause; rejects at once when whoever asked has gone on to something else. */
export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new DOMException("aborted", "AbortError"));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
