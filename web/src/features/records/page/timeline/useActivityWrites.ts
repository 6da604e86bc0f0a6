import { useMemo, useSyncExternalStore } from "react";
import type { RecordData } from "@/api/types";
import { useWrites, type Values } from "@/features/base/write";

/** What this window knows of an activity beyond the timeline it has read: what is being saved, and what was. */
interface Known {
  pending: Values | null;
  saved: RecordData | null;
}
const known = new Map<string, Known>();
const listeners = new Set<() => void>();

function put(id: string, change: Partial<Known>): void {
  known.set(id, { pending: null, saved: null, ...known.get(id), ...change });
  listeners.forEach((listener) => listener());
}
const listen = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

/** A page of the timeline that was asked for before a change may come after it: the newer of both is shown. */
export function newest(record: RecordData, mine: Known | undefined): RecordData {
  if (!mine) return record;
  const saved = mine.saved && mine.saved.version > record.version ? { ...record, ...mine.saved } : record;
  return mine.pending ? { ...saved, ...mine.pending, id: record.id, version: saved.version } : saved;
}

export function useNewest(record: RecordData): RecordData {
  const mine = useSyncExternalStore(listen, () => known.get(record.id));
  return useMemo(() => newest(record, mine), [record, mine]);
}

/** Changes on their way, by activity: the next one waits, so that nobody is in a race with themselves. */
const underway = new Map<string, Promise<RecordData | null>>();

async function inTurn(record: RecordData, write: (record: RecordData) => Promise<RecordData | null>): Promise<RecordData | null> {
  const before = underway.get(record.id)?.catch(() => null);
  const work = (async () => {
    const earlier = await before;
    return write(earlier && earlier.version > record.version ? { ...record, version: earlier.version } : record);
  })();
  underway.set(record.id, work);
  try {
    return await work;
  } finally {
    if (underway.get(record.id) === work) underway.delete(record.id);
  }
}

/** A change of an activity where it stands: it shows at once, and is taken back where it is refused. */
export function useActivityWrites() {
  const writes = useWrites("activity");
  return useMemo(
    () => ({
      patch: async (record: RecordData, values: Values, options: { said?: string; quiet?: boolean }) => {
        put(record.id, { pending: { ...known.get(record.id)?.pending, ...values } });
        try {
          const saved = await inTurn(record, (current) => writes.patch(current, values, options));
          put(record.id, saved ? { pending: null, saved } : { pending: null });
        } catch (error) {
          put(record.id, { pending: null });
          throw error;
        }
      },
    }),
    [writes],
  );
}
