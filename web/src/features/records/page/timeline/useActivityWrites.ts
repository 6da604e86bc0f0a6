import { useQueryClient, type InfiniteData, type QueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import type { TimelineItem, TimelinePage } from "@/api/timeline";
import type { RecordData } from "@/api/types";
import { useWrites, type Values } from "@/features/base/write";

type Pages = InfiniteData<TimelinePage>;

/** Writes what is known of an activity into every timeline that shows it, so that the next change starts from there. */
function mergeActivity(client: QueryClient, id: string, values: Values): void {
  const merge = (item: TimelineItem): TimelineItem => (item.kind === "activity" && item.record.id === id ? { ...item, record: { ...item.record, ...values, id } } : item);
  client.setQueriesData<Pages>({ predicate: ({ queryKey }) => queryKey[0] === "records" && queryKey[2] === "timeline" }, (data) =>
    data && "pages" in data ? { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.map(merge), ...(page.pinned ? { pinned: page.pinned.map(merge) } : {}) })) } : data,
  );
}

/** Changes on their way, by activity: the next one waits, so that nobody is in a race with themselves. */
const underway = new Map<string, Promise<RecordData | null>>();

async function inTurn(record: RecordData, write: (record: RecordData) => Promise<RecordData | null>): Promise<RecordData | null> {
  const before = underway.get(record.id)?.catch(() => null);
  const work = (async () => {
    const known = await before;
    return write(known && known.version > record.version ? { ...record, version: known.version } : record);
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
  const client = useQueryClient();
  const writes = useWrites("activity");
  return useMemo(
    () => ({
      patch: async (record: RecordData, values: Values, options: { said?: string; quiet?: boolean }) => {
        const before = Object.fromEntries(Object.keys(values).map((name) => [name, record[name] ?? null]));
        mergeActivity(client, record.id, values);
        try {
          mergeActivity(client, record.id, (await inTurn(record, (current) => writes.patch(current, values, options))) ?? before);
        } catch (error) {
          mergeActivity(client, record.id, before);
          throw error;
        }
      },
    }),
    [client, writes],
  );
}
