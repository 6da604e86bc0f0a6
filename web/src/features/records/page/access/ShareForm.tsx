import { useQuery } from "@tanstack/react-query";
import { Button, DatePicker, Input, Segmented } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import "dayjs/locale/zh-cn";
import { useState } from "react";
import type { RoleHead, Share, ShareAccess } from "@/api/access";
import { api } from "@/api/client";
import { useSession } from "@/api/session";
import { PRINCIPAL_OBJECTS, principalKey, PrincipalPicker, type Principal, type PrincipalKind } from "@/features/base/principals";
import { useCatalog } from "@/api/catalog";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import styles from "./Access.module.css";

/** Whom the reader can name: objects they may read; roles for those who may list them. */
function useKinds(): { kinds: PrincipalKind[]; roles: RoleHead[] } {
  const catalog = useCatalog();
  const { powers } = useSession().user;
  const lists = powers.some((power) => power === "roles" || power === "people" || power === "audit");
  const roles = useQuery({ queryKey: ["access", "roles"], enabled: lists, queryFn: () => api.get<{ roles: RoleHead[] }>("/roles") }).data?.roles ?? [];
  const named = (Object.keys(PRINCIPAL_OBJECTS) as (keyof typeof PRINCIPAL_OBJECTS)[]).filter((kind) => catalog.object(PRINCIPAL_OBJECTS[kind]));
  return { kinds: [...named, ...(roles.length ? (["role"] as const) : [])], roles };
}

interface Props {
  path: string;
  onDone: () => Promise<void>;
  onClose: () => void;
}

/** Share with anybody, or add to the team with a part to play; to read or to edit, for a time or for good. */
export function ShareForm({ path, onDone, onClose }: Props) {
  const { t } = useSpeech();
  const { kinds, roles } = useKinds();
  const [to, setTo] = useState<Principal[]>([]);
  const [kind, setKind] = useState<Share["kind"]>("share");
  const [access, setAccess] = useState<ShareAccess>("read");
  const [part, setPart] = useState("");
  const [until, setUntil] = useState<Dayjs | null>(null);
  const [busy, setBusy] = useState(false);
  const share = async () => {
    setBusy(true);
    try {
      await api.post(path, { principals: to.map(principalKey), access, kind, team_role: kind === "team" ? part.trim() || null : null, until: until?.toISOString() ?? null });
      await onDone();
      toast(t("share.given"));
      onClose();
    } catch (error) {
      complain(error, t);
      setBusy(false);
    }
  };
  return (
    <div className={styles["form"]} data-testid="share-form">
      <FormRow label={t("share.with")}>{() => <PrincipalPicker kinds={kinds} roles={roles} value={to} onChange={setTo} />}</FormRow>
      <div className={styles["pair"]}>
        <Segmented aria-label={t("share.kind")} value={kind} options={[{ value: "share", label: t("share.share") }, { value: "team", label: t("share.team") }]} onChange={(next) => setKind(next as Share["kind"])} />
        <Segmented aria-label={t("share.access")} value={access} options={[{ value: "read", label: t("why.read") }, { value: "edit", label: t("why.edit") }]} onChange={(next) => setAccess(next as ShareAccess)} />
      </div>
      {kind === "team" && <FormRow label={t("share.part")}>{({ id }) => <Input id={id} maxLength={60} value={part} onChange={(event) => setPart(event.target.value)} />}</FormRow>}
      <FormRow label={t("share.until")}>
        {({ id }) => <DatePicker id={id} style={{ width: "100%" }} showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" placeholder={t("holders.never")} value={until} onChange={(next) => setUntil(next ? dayjs(next as Dayjs) : null)} />}
      </FormRow>
      <div className={styles["buttons"]}>
        <Button onClick={onClose}>{t("action.cancel")}</Button>
        <Button type="primary" loading={busy} disabled={to.length === 0} onClick={() => void share()}>{t("share.do")}</Button>
      </div>
    </div>
  );
}
