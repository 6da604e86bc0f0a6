import { Button } from "antd";
import { UserPlus, X } from "lucide-react";
import { useState } from "react";
import type { RecordAccess, Share } from "@/api/access";
import { api } from "@/api/client";
import type { ObjectType } from "@/api/types";
import { principalOf } from "@/features/base/principals";
import { useSpeech } from "@/messages";
import { formatDateTime } from "@/ui/format";
import { IconButton } from "@/ui/IconButton";
import { complain } from "@/ui/says";
import { Tag } from "@/ui/Tag";
import { toast } from "@/ui/toast";
import styles from "./Access.module.css";
import { ShareForm } from "./ShareForm";
import { useRefreshAccess } from "./useAccess";

interface Props {
  type: ObjectType;
  id: string;
  access: RecordAccess;
}

function Line({ share, onEnd }: { share: Share; onEnd: (() => void) | null }) {
  const { t, language } = useSpeech();
  const { kind } = principalOf(share.principal, share.label);
  const name = share.label ?? t("value.outOfSight");
  const facts = [t(`principal.${kind}`), share.team_role, share.until && t(share.ended ? "share.endedAt" : "share.untilAt", { at: formatDateTime(share.until, language) })];
  return (
    <li className={styles["person"]} data-ended={share.ended}>
      <span className={styles["who"]}><span>{name}</span><small>{facts.filter(Boolean).join(" · ")}</small></span>
      <Tag color={share.ended ? "gray" : share.access === "edit" ? "blue" : "gray"}>{t(share.ended ? "share.ended" : share.access === "edit" ? "why.edit" : "why.read")}</Tag>
      {onEnd && <IconButton small label={t("share.end", { name })} onClick={onEnd}><X size={13} /></IconButton>}
    </li>
  );
}

/** The record's team and with whom else it is shared. */
export function Shares({ type, id, access }: Props) {
  const { t } = useSpeech();
  const refresh = useRefreshAccess(type, id);
  const [adding, setAdding] = useState(false);
  const path = `/records/${type.api_name}/${id}/shares`;
  const again = async (share: Share) => {
    const { principal, kind, team_role, until } = share;
    await api.post(path, { principals: [principal], access: share.access, kind, team_role, until }).catch((error: unknown) => complain(error, t));
    await refresh();
  };
  const end = async (share: Share) => {
    try {
      await api.delete(`${path}/${share.id}`);
      await refresh();
      toast(t("share.done", { name: share.label ?? "" }), { action: { label: t("action.undo"), run: () => void again(share) } });
    } catch (error) {
      complain(error, t);
    }
  };
  const list = (kind: Share["kind"]) => {
    const rows = access.shares.filter((share) => share.kind === kind);
    return rows.length > 0 && (
      <>
        <h3 className={styles["heading"]}>{t(`share.${kind}`)}</h3>
        <ul data-testid={`access-${kind}`}>{rows.map((share) => <Line key={share.id} share={share} onEnd={access.may_share ? () => void end(share) : null} />)}</ul>
      </>
    );
  };
  return (
    <>
      {access.may_share && !adding && <Button type="primary" icon={<UserPlus size={14} />} onClick={() => setAdding(true)}>{t("share.add")}</Button>}
      {adding && <ShareForm path={path} onClose={() => setAdding(false)} onDone={refresh} />}
      {list("team")}
      {list("share")}
    </>
  );
}
