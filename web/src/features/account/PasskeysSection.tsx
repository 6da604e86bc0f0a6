import { Button, Input } from "antd";
import { useState } from "react";
import { api } from "@/api/client";
import { createPasskey, passkeysWork, wasDismissed } from "@/features/base/passkey";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { formatDateTime } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { useRefresh, type Passkey, type Security } from "./account";
import styles from "./Account.module.css";
import { Prove } from "./Prove";
import { RecoveryCodes } from "./RecoveryCodes";

type Offer = Parameters<typeof createPasskey>[0];

function Rename({ passkey, onDone }: { passkey: Passkey; onDone: () => void }) {
  const { t } = useSpeech();
  const [name, setName] = useState(passkey.name);
  const save = async () => {
    try {
      await api.patch(`/account/passkeys/${passkey.id}`, { name: name.trim() });
      onDone();
    } catch (problem) {
      complain(problem, t);
    }
  };
  return (
    <Panel title={t("account.rename")} onClose={onDone} footer={<Button type="primary" disabled={!name.trim()} onClick={() => void save()}>{t("action.save")}</Button>}>
      <FormRow label={t("account.passkeyName")}>
        {({ id }) => <Input id={id} autoFocus maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />}
      </FormRow>
    </Panel>
  );
}

/** Passkeys: added in the browser, named, removed. */
export function PasskeysSection({ security }: { security: Security }) {
  const { t, language } = useSpeech();
  const refresh = useRefresh();
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Passkey | null>(null);
  const [renaming, setRenaming] = useState<Passkey | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const add = async (password: string | null) => {
    const offer = await api.post<Offer>("/account/passkeys/options", { password });
    try {
      const made = await createPasskey(offer);
      setCodes((await api.post<{ recovery_codes: string[] | null }>("/account/passkeys", { ...made, name: t("account.passkeyDefault") })).recovery_codes);
    } catch (problem) {
      if (!wasDismissed(problem)) throw problem;
    }
    setAdding(false);
    await refresh();
  };
  const remove = async (password: string | null) => {
    await api.post(`/account/passkeys/${removing?.id ?? ""}/remove`, { password });
    setRemoving(null);
    await refresh();
  };
  const used = (one: Passkey) => (one.last_used_at ? t("account.lastUsed", { at: formatDateTime(one.last_used_at, language) }) : t("account.neverUsed"));
  return (
    <section className={styles["section"]}>
      <div className={styles["head"]}>
        <h2>{t("account.passkeys")}</h2>
        {passkeysWork() && <Button onClick={() => setAdding(true)}>{t("account.passkeyAdd")}</Button>}
      </div>
      <p className={styles["hint"]}>{t(passkeysWork() ? "account.passkeysHint" : "account.passkeysInsecure")}</p>
      {security.passkeys.length > 0 && (
        <div className={styles["rows"]}>
          {security.passkeys.map((one) => (
            <div key={one.id} className={styles["row"]}>
              <span className={styles["what"]}>{one.name}<span className={styles["meta"]}>{used(one)}</span></span>
              <span><Button type="text" onClick={() => setRenaming(one)}>{t("account.rename")}</Button><Button type="text" danger onClick={() => setRemoving(one)}>{t("account.remove")}</Button></span>
            </div>
          ))}
        </div>
      )}
      {adding && <Prove title={t("account.passkeyAdd")} hasPassword={security.has_password} work={add} onClose={() => setAdding(false)} />}
      {removing && <Prove title={t("account.remove")} hasPassword={security.has_password} work={remove} onClose={() => setRemoving(null)} />}
      {renaming && <Rename passkey={renaming} onDone={() => { setRenaming(null); void refresh(); }} />}
      {codes && <RecoveryCodes codes={codes} onClose={() => setCodes(null)} />}
    </section>
  );
}
