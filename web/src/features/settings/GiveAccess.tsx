import { Button, Input, Segmented } from "antd";
import { Copy } from "lucide-react";
import { useState } from "react";
import type { GiveAccessBody } from "@/api/bodies";
import { api } from "@/api/client";
import type { RecordData, Role } from "@/api/types";
import { useSpeech } from "@/messages";
import { copyText } from "@/ui/copy";
import { FormRow } from "@/ui/FormRow";
import { formatDateTime } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import styles from "./Settings.module.css";

interface Props {
  person: RecordData;
  initial: Role;
  onDone: () => void;
  onClose: () => void;
}

/** A role, then a link that is shown once; nobody but its reader ever knows the password. */
export function GiveAccess({ person, initial, onDone, onClose }: Props) {
  const { t, language } = useSpeech();
  const [role, setRole] = useState<Role>(initial);
  const [link, setLink] = useState<{ link: string; expires_at: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const name = String(person["name"] ?? "");
  const give = async () => {
    setBusy(true);
    try {
      setLink(await api.post<{ link: string; expires_at: string }>(`/users/${person.id}/access`, { role } satisfies GiveAccessBody));
      onDone();
    } catch (error) {
      complain(error, t);
    }
    setBusy(false);
  };
  const full = link ? new URL(link.link, window.location.origin).href : "";
  return (
    <Panel
      title={link ? t("people.linkTitle", { name }) : t("people.giveTitle", { name })}
      onClose={onClose}
      footer={link ? <Button onClick={onClose}>{t("action.close")}</Button> : <Button type="primary" loading={busy} onClick={() => void give()}>{t("people.give")}</Button>}
    >
      {link ? (
        <>
          <p className={styles["hint"]}>{t("people.linkHint", { at: formatDateTime(link.expires_at, language) })}</p>
          <div className={styles["link2"]}>
            <Input readOnly value={full} aria-label={t("people.linkTitle", { name })} data-testid="access-link" onFocus={(event) => event.target.select()} />
            <Button icon={<Copy size={14} />} onClick={() => void copyText(full).then(() => toast(t("action.copied")))}>{t("action.copy")}</Button>
          </div>
        </>
      ) : (
        <FormRow label={t("people.role")} help={t("people.roleHint")}>
          {() => <Segmented aria-label={t("people.role")} value={role} options={[{ value: "member", label: t("people.member") }, { value: "administrator", label: t("people.administrator") }]} onChange={(next) => setRole(next as Role)} />}
        </FormRow>
      )}
    </Panel>
  );
}
