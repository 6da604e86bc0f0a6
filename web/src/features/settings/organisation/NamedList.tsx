import { Button } from "antd";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { RecordData } from "@/api/types";
import type { useRecordList } from "@/features/base/read";
import { useWrites } from "@/features/base/write";
import { useSpeech } from "@/messages";
import { Bone, ErrorState, State } from "@/ui/State";
import settings from "../Settings.module.css";
import { NamedPanel } from "./NamedPanel";
import { useRefresh } from "./writing";

export interface Members {
  of: (id: string) => string[];
  write: (id: string, users: string[]) => Promise<void>;
}
interface Props {
  object: "position" | "user_group";
  list: ReturnType<typeof useRecordList>;
  hint: string;
  countOf: (id: string) => number;
  members?: Members;
}

/** Positions and groups: a name, who is in it, and nothing more. */
export function NamedList({ object, list, hint, countOf, members }: Props) {
  const { t, say } = useSpeech();
  const type = useCatalog().object(object);
  const writes = useWrites(object);
  const refresh = useRefresh();
  const [edited, setEdited] = useState<RecordData | "new" | null>(null);
  const rows = list.data?.pages.flatMap((page) => page.records) ?? [];
  const may = type?.permissions;
  const label = say(type?.label);
  const remove = (record: RecordData) => void writes.remove(record, t("org.removed", { name: String(record["name"]) })).then(refresh, refresh);
  return (
    <>
      <div className={settings["head"]}>
        <div><p className={settings["hint"]}>{hint}</p></div>
        {may?.create && <Button type="primary" icon={<Plus size={14} />} onClick={() => setEdited("new")}>{t("action.createOne", { label })}</Button>}
      </div>
      {list.isError && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Bone width="50%" />}
      {list.isSuccess && rows.length === 0 && <State drawing="rows" title={t("related.none", { label: say(type?.label_plural) })} />}
      {rows.length > 0 && (
        <div className={settings["wrap"]}>
          <table className={settings["table"]} data-testid={`${object}-table`}>
            <thead><tr><th>{t("people.name")}</th><th>{t("holders.people")}</th><th /></tr></thead>
            <tbody>
              {rows.map((record) => (
                <tr key={record.id}>
                  <td><strong>{String(record["name"])}</strong>{typeof record["description"] === "string" && <span className={settings["hint"]}> · {record["description"]}</span>}</td>
                  <td>{countOf(record.id)}</td>
                  <td className={settings["right"]}>
                    {may?.update && <Button size="small" type="text" aria-label={t("record.editField", { name: String(record["name"]) })} onClick={() => setEdited(record)}>{t("action.edit")}</Button>}
                    {may?.delete && <Button size="small" type="text" danger aria-label={t("record.delete", { label: String(record["name"]) })} onClick={() => remove(record)}>{t("action.delete")}</Button>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {list.hasNextPage && <Button type="text" onClick={() => void list.fetchNextPage()}>{t("action.loadMore")}</Button>}
        </div>
      )}
      {edited && <NamedPanel object={object} record={edited === "new" ? null : edited} {...(members ? { members } : {})} onClose={() => setEdited(null)} />}
    </>
  );
}
