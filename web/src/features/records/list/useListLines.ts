import type { ObjectType, QueryBody, RecordData } from "@/api/types";
import { useStable } from "@/ui/hooks";
import type { Column } from "./grid";
import type { Lines } from "./lines/lines";
import { useFlatLines } from "./lines/useFlatLines";
import { useGroupedLines } from "./lines/useGroupedLines";
import { useWideLines } from "./lines/useWideLines";

interface Given {
  type: ObjectType;
  body: QueryBody;
  columns: Column[];
  groupBy: string | null;
  list: { records: RecordData[]; hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
}

/** What stands below one another: groups, a list that can be jumped through, or one that grows. */
export function useListLines({ type, body, columns, groupBy, list }: Given) {
  const more = useStable(() => {
    if (!list.isFetchingNextPage) void list.fetchNextPage();
  });
  const grouped = useGroupedLines({ type, body, columns, groupBy });
  const wide = useWideLines(type.api_name, body, list.hasNextPage && !grouped.active);
  const flat = useFlatLines(list.records, list.hasNextPage, more);
  const lines: Lines = grouped.active ? grouped.lines : (wide ?? flat);
  return { lines, grouped };
}
