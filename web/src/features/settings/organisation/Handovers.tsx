import { useQuery } from "@tanstack/react-query";
import { Button, Popconfirm } from "antd";
import { ArrowRightLeft } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import { useCatalog } from "@/api/catalog";
import type { Reference } from "@/api/types";
import { useSpeech } from "@/messages";
import { formatDateTime } from "@/ui/format";
import { complain } from "@/ui/says";
import { Bone, ErrorState, State } from "@/ui/State";
import { Tag } from "@/ui/Tag";
import { toast } from "@/ui/toast";
import { accessKeys } from "../access/read";
import settings from "../Settings.module.css";
import { HandoverPanel } from "./HandoverPanel";
import { useRefresh } from "./writing";

export interface Handover {
  id: string;
  at?: string;
  created_at?: string;
  actor_id: Reference | null;
  from_user: Reference | null;
  to_user: Reference | null;
  counts: { records: Record<string, number>; linked?: Record<string, string[]> };
  undone_at: string | null;
}

/** Gives back what is still the receiver's, and says how much that was. */
export function useUndoHandover() {
  const { t } = useSpeech();
  const refresh = useRefresh();
  return async (id: string) => {
    try {
      const done = await api.post<{ returned: number; kept: number }>(`/organisation/handovers/${id}/undo`);
      toast(t("handover.undone", { n: done.returned, kept: done.kept }));
    } catch (error) {
      complain(error, t);
    }
    await refresh();
  };
}

/** Who took over from whom, newest first; each can be taken back. */
export function Handovers() {
  const { t, say, language } = useSpeech();
  const catalog = useCatalog();
  const undo = useUndoHandover();
  const [making, setMaking] = useState(false);
  const found = useQuery({ queryKey: accessKeys.handovers, queryFn: () => api.get<{ handovers: Handover[] }>("/organisation/handovers") });
  const rows = found.data?.handovers ?? [];
  const gist = ({ counts }: Handover) => Object.entries(counts.records).map(([object, n]) => `${say(catalog.object(object)?.label_plural) || object} ${n.toLocaleString(language)}`).join(t("list.comma"));
  return (
    <>
      <div className={settings["head"]}>
        <div><p className={settings["hint"]}>{t("handover.hint")}</p></div>
        <Button type="primary" icon={<ArrowRightLeft size={14} />} onClick={() => setMaking(true)}>{t("handover.do")}</Button>
      </div>
      {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Bone width="60%" />}
      {found.isSuccess && rows.length === 0 && <State drawing="rows" title={t("handover.none")} hint={t("handover.noneHint")} />}
      {rows.length > 0 && (
        <div className={settings["wrap"]}>
          <table className={settings["table"]} data-testid="handovers-table">
            <thead><tr><th>{t("handover.from")}</th><th>{t("handover.to")}</th><th>{t("handover.what")}</th><th className={settings["wide"]}>{t("handover.when")}</th><th /></tr></thead>
            <tbody>
              {rows.map((row) => {
                const at = row.at ?? row.created_at;
                return (
                  <tr key={row.id}>
                    <td>{row.from_user?.label}</td>
                    <td>{row.to_user?.label}</td>
                    <td>{gist(row)}</td>
                    <td className={settings["wide"]}>{[at && formatDateTime(at, language), row.actor_id?.label].filter(Boolean).join(" · ")}</td>
                    <td className={settings["right"]}>
                      {row.undone_at ? <Tag color="gray">{t("changes.reverted")}</Tag> : (
                        <Popconfirm title={t("handover.undoConfirm")} okText={t("action.undo")} cancelText={t("action.cancel")} onConfirm={() => undo(row.id)}><Button size="small">{t("action.undo")}</Button></Popconfirm>
                      )}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      {making && <HandoverPanel onClose={() => setMaking(false)} />}
    </>
  );
}
