import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ObjectType, RecordData } from "@/api/types";
import { keys } from "@/features/base/keys";
import { useWrites } from "@/features/base/write";
import { useSpeech } from "@/messages";

type Moved = Map<string, { to: string | null; record: RecordData }>;

/** Moves shown at once; a refused one goes back visibly, and a done one can be undone from the toast. */
export function useBoardMoves(type: ObjectType, groupBy: string) {
  const client = useQueryClient();
  const writes = useWrites(type.api_name);
  const { t } = useSpeech();
  const [moved, setMoved] = useState<Moved>(new Map());
  const [refused, setRefused] = useState<string | null>(null);
  const drop = (id: string) => setMoved((old) => new Map([...old].filter(([key]) => key !== id)));

  const move = async (record: RecordData, to: string | null, name: string) => {
    if ((record[groupBy] ?? null) === to) return;
    setMoved((old) => new Map(old).set(record.id, { to, record: { ...record, [groupBy]: to } }));
    try {
      await writes.patch(record, { [groupBy]: to }, { said: t("record.moved", { name }) });
      await client.invalidateQueries({ queryKey: keys.lists(type.api_name) });
    } catch {
      setRefused(record.id);
      setTimeout(() => setRefused(null), 1_500);
    }
    drop(record.id);
  };
  return { moved, refused, move };
}
