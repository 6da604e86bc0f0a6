import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Reason, RecordAccess } from "@/api/access";
import { api } from "@/api/client";
import type { ObjectType } from "@/api/types";
import { useSpeech } from "@/messages";

const accessKey = (object: string, id: string) => ["access", "record", object, id] as const;

/** Who can see a record and why; asked for when the panel opens, never with the page. */
export const useRecordAccess = (type: ObjectType, id: string) =>
  useQuery({ queryKey: accessKey(type.api_name, id), staleTime: 0, queryFn: () => api.get<RecordAccess>(`/records/${type.api_name}/${id}/access`) });

export function useRefreshAccess(type: ObjectType, id: string) {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: accessKey(type.api_name, id) });
}

/** "全部数据 · 全部": why somebody sees it, in the words of roles, rules and shares. */
export function useReason() {
  const { t, say } = useSpeech();
  return (reason: Reason): string => {
    const name = say(reason.label);
    if (reason.kind === "role") return reason.scope ? t("why.role", { name: name || reason.key, scope: t(`scope.${reason.scope}`) }) : name || reason.key;
    if (reason.kind === "rule") return t("why.rule", { name: name || reason.key });
    return reason.kind === "share" ? t("why.share") : t("why.system");
  };
}
