const FIRST_MS = 1_000;
export const LONGEST_MS = 30_000;

/**
 * Milliseconds before the stream is asked for again after so many refusals: longer each time, and spread out, so that all
 * who were refused in one moment do not come back in one. `asked`: the seconds the server named.
 */
export function pauseAfter(refusals: number, asked = 0, random = Math.random()): number {
  const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** refusals);
  return Math.min(LONGEST_MS, Math.max(FIRST_MS, most * (0.5 + random / 2), asked * 1_000 * (1 + random / 4)));
}
