import { useMemo } from "react";
import type { RecordData } from "@/api/types";
import type { Lines } from "./lines";

/** Records as they come, page by page, from the beginning. */
export function useFlatLines(records: RecordData[], hasMore: boolean, loadMore: () => void): Lines {
  return useMemo(
    () => ({
      count: records.length,
      records,
      ended: !hasMore,
      at: (index) => {
        const record = records[index];
        return record && { kind: "record", record };
      },
      need: (_first, last) => {
        if (hasMore && last >= records.length - 20) loadMore();
      },
    }),
    [records, hasMore, loadMore],
  );
}
