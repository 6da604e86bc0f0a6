import { api } from "@/api/client";
import { useRecordList } from "@/features/base/read";
import { useSpeech } from "@/messages";
import { useOrganisation } from "../access/read";
import { NamedList } from "./NamedList";

/** Groups cut across departments; their members are chosen one by one. */
export function Groups() {
  const { t } = useSpeech();
  const list = useRecordList("user_group", { select: ["name", "description"], sort: [{ field: "name", direction: "asc" }], limit: 200 });
  const members = useOrganisation().data?.group_members ?? [];
  const of = (group: string) => members.filter((row) => row.group === group).map((row) => row.user);
  return (
    <NamedList
      object="user_group" list={list} hint={t("org.groupsHint")} countOf={(id) => of(id).length} members={{
        of,
        write: async (group, users) => {
          await api.put(`/organisation/groups/${group}/members`, { users });
        },
      }}
    />
  );
}
