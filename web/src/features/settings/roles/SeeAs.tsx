import { Button, Input } from "antd";
import { useState } from "react";
import { api } from "@/api/client";
import { openSeeing } from "@/api/seeing";
import { PrincipalPicker, type Principal } from "@/features/base/principals";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import settings from "../Settings.module.css";

const SHORTEST_REASON = 2;

/** Opens a window through somebody's eyes: what a role does is best seen where it acts. */
export function SeeAs({ onClose }: { onClose: () => void }) {
  const { t } = useSpeech();
  const [people, setPeople] = useState<Principal[]>([]);
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const person = people[0];
  const open = async () => {
    if (!person) return;
    // The window is opened within the click, or browsers take it for an advertisement.
    const seeing = openSeeing();
    if (!seeing) return toast(t("see.blocked"), { tone: "danger" });
    setBusy(true);
    try {
      const made = await api.post<{ token: string }>("/access/see-as", { user: person.id, reason: reason.trim() });
      seeing.give(made.token);
      onClose();
    } catch (error) {
      seeing.close();
      complain(error, t);
      setBusy(false);
    }
  };
  return (
    <Panel
      title={t("see.title")}
      onClose={onClose}
      footer={<><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="primary" loading={busy} disabled={!person || reason.trim().length < SHORTEST_REASON} onClick={() => void open()}>{t("see.open")}</Button></>}
    >
      <p className={settings["hint"]} style={{ marginBottom: 16 }}>{t("see.hint")}</p>
      <FormRow label={t("see.person")}>{() => <PrincipalPicker kinds={["user"]} value={people} onChange={(next) => setPeople(next.slice(-1))} />}</FormRow>
      <FormRow label={t("see.reason")}>{({ id }) => <Input id={id} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />}</FormRow>
    </Panel>
  );
}
