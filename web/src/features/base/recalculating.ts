import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { api } from "@/api/client";
import type { ObjectType } from "@/api/types";
import { keys } from "./keys";

interface Recalculation {
  object: string;
  fields: string[];
}

const EVERY_MS = 3_000;

/** Names of the object's fields whose values are being set anew in the background; asked again while there are any. */
export function useRecalculating(type: ObjectType): ReadonlySet<string> {
  const client = useQueryClient();
  const asked = type.fields.some((field) => field.computed);
  const of = (found: Recalculation[] | undefined) => (found ?? []).filter((each) => each.object === type.api_name).flatMap((each) => each.fields);
  const query = useQuery({
    queryKey: keys.recalculations,
    enabled: asked,
    staleTime: EVERY_MS,
    queryFn: () => api.get<{ recalculations: Recalculation[] }>("/metadata/recalculations").then((answer) => answer.recalculations),
    refetchInterval: ({ state }) => (of(state.data).length > 0 ? EVERY_MS : false),
  });
  const running = of(asked ? query.data : undefined);
  const before = useRef(0);
  useEffect(() => {
    // What was being computed is there now.
    if (before.current > 0 && running.length === 0) void client.invalidateQueries({ queryKey: keys.object(type.api_name) });
    before.current = running.length;
  }, [client, type.api_name, running.length]);
  return new Set(running);
}
