import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { MessageKey } from "@/messages";
import { useSpeech } from "@/messages";
import { formatDateTime } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { Bone, ErrorState } from "@/ui/State";
import type { Owner } from "./model";
import styles from "./Pools.module.css";

/** Everybody who had the record, newest first. */
export function OwnersPanel({ object, id, onClose }: { object: string; id: string; onClose: () => void }) {
  const { t, language } = useSpeech();
  const owners = useQuery({ queryKey: ["pools", "owners", object, id], queryFn: () => api.get<{ owners: Owner[] }>(`/records/${object}/${id}/owners`).then((found) => found.owners) });
  return (
    <Panel title={t("pools.bar.owners")} onClose={onClose}>
      {owners.isError && <ErrorState error={owners.error} />}
      {owners.isPending && <Bone width="60%" />}
      <ol data-testid="owners">
        {owners.data?.map((each) => (
          <li key={each.from + each.person.id} className={styles["owner"]}>
            <strong>{each.person.label}</strong>
            <small>{formatDateTime(each.from, language)} – {each.until ? formatDateTime(each.until, language) : t("pools.bar.now")}</small>
            <small>{t(`pools.began.${each.began}` as MessageKey & "pools.began.claimed")}{each.pool?.label && ` · ${each.pool.label}`}{each.ended && ` → ${t(`pools.ended.${each.ended}` as MessageKey & "pools.ended.recycled")}`}{each.reason && ` · ${each.reason}`}</small>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
