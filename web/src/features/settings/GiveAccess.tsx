import { Button, Input } from "antd";
import { Copy } from "lucide-react";
import { useState } from "react";
import type { GiveAccessBody } from "@/api/bodies";
import { api } from "@/api/client";
import { usePower } from "@/api/session";
import type { RecordData } from "@/api/types";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { copyText } from "@/ui/copy";
import { FormRow } from "@/ui/FormRow";
import { formatDateTime } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import { useRoles } from "./access/read";
import styles from "./Settings.module.css";

interface Given {
  /** Null where it went by mail. */
  link: string | null;
  expires_at: string;
}

interface Props {
  person: RecordData;
  /** Roles held in person; none for a newcomer. */
  held: string[];
  onDone: () => void;
  onClose: () => void;
}

function Link({ given, name }: { given: Given; name: string }) {
  const { t, language } = useSpeech();
  if (!given.link) return <p className={styles["hint"]}>{t("people.mailed", { name, at: formatDateTime(given.expires_at, language) })}</p>;
  const full = new URL(given.link, window.location.origin).href;
  return (
    <>
      <p className={styles["hint"]}>{t("people.linkHint", { at: formatDateTime(given.expires_at, language) })}</p>
      <div className={styles["link2"]}>
        <Input readOnly value={full} aria-label={t("people.linkTitle", { name })} data-testid="access-link" onFocus={(event) => event.target.select()} />
        <Button icon={<Copy size={14} />} onClick={() => void copyText(full).then(() => toast(t("action.copied")))}>{t("action.copy")}</Button>
      </div>
    </>
  );
}

/** Roles, then a link that is shown once or sent; nobody but its reader ever knows the password. */
export function GiveAccess({ person, held, onDone, onClose }: Props) {
  const { t, say } = useSpeech();
  const givesRoles = usePower("roles");
  const known = useRoles().data ?? [];
  const [roles, setRoles] = useState<string[]>(held.length ? held : ["member"]);
  const [given, setGiven] = useState<Given | null>(null);
  const [busy, setBusy] = useState(false);
  const name = String(person["name"] ?? "");
  const give = async () => {
    setBusy(true);
    try {
      // Who only manages people leaves the roles as they are; a newcomer then gets the ordinary one.
      const body: GiveAccessBody = givesRoles ? { roles } : {};
      setGiven(await api.post<Given>(`/users/${person.id}/access`, body));
      onDone();
    } catch (error) {
      complain(error, t);
    }
    setBusy(false);
  };
  return (
    <Panel
      title={given?.link ? t("people.linkTitle", { name }) : t("people.giveTitle", { name })}
      onClose={onClose}
      footer={given ? <Button onClick={onClose}>{t("action.close")}</Button> : <Button type="primary" loading={busy} disabled={roles.length === 0} onClick={() => void give()}>{t("people.give")}</Button>}
    >
      {given && <Link given={given} name={name} />}
      {!given && (
        <FormRow label={t("people.role")} help={t(givesRoles ? "people.roleHint" : "people.roleFixed")}>
          {({ id, describedBy }) => givesRoles
            ? <Choose id={id} describedBy={describedBy} many label={t("people.role")} value={roles} options={known.map((role) => ({ value: role.key, text: say(role.label) }))} onPick={(next) => setRoles(next as string[])} />
            : <p>{roles.map((key) => say(known.find((role) => role.key === key)?.label) || key).join(t("list.comma"))}</p>}
        </FormRow>
      )}
    </Panel>
  );
}
