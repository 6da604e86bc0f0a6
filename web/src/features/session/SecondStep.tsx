import { Button, Input } from "antd";
import { KeyRound } from "lucide-react";
import { useState, type FormEvent } from "react";
import { api } from "@/api/client";
import type { Session } from "@/api/types";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { explain } from "@/ui/says";
import styles from "./Entrance.module.css";
import { answerWithPasskey, passkeysWork, wasDismissed } from "@/features/base/passkey";

export interface Pending {
  second_factor: ("totp" | "passkey" | "recovery")[];
  ticket: string;
}

interface Props {
  pending: Pending;
  onDone: (session: Session) => void;
  onBack: () => void;
  /** The password was right but has come of age: a new one is chosen with this token. */
  onProblem: (problem: unknown) => boolean;
}

/** The second step of a sign-in: a code, a passkey, or one of the recovery codes. */
export function SecondStep({ pending, onDone, onBack, onProblem }: Props) {
  const { t } = useSpeech();
  const ways = pending.second_factor;
  const [recovery, setRecovery] = useState(!ways.includes("totp") && !ways.includes("passkey"));
  const [code, setCode] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const typed = recovery || ways.includes("totp");
  const send = async (proof: () => Promise<Record<string, unknown>>) => {
    setBusy(true);
    setError(null);
    try {
      onDone(await api.post<Session>("/sessions/second-factor", { ticket: pending.ticket, ...(await proof()) }, { anonymous: true }));
    } catch (problem) {
      if (!onProblem(problem) && !wasDismissed(problem)) setError(explain(problem, t));
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send(() => Promise.resolve(recovery ? { recovery_code: code.trim() } : { code: code.trim() }));
  };
  return (
    <form onSubmit={submit} noValidate>
      {error && <p className={styles["error"]} role="alert">{error}</p>}
      {typed && (
        <FormRow label={t(recovery ? "signIn.recoveryCode" : "signIn.code")} help={t(recovery ? "signIn.recoveryHelp" : "signIn.codeHelp")}>
          {({ id, describedBy }) => <Input key={String(recovery)} id={id} size="large" autoFocus autoComplete="one-time-code" inputMode={recovery ? "text" : "numeric"} aria-describedby={describedBy} value={code} onChange={(event) => setCode(event.target.value)} />}
        </FormRow>
      )}
      {typed && <Button type="primary" size="large" block htmlType="submit" loading={busy} disabled={!code.trim()}>{t("signIn.submit")}</Button>}
      {ways.includes("passkey") && passkeysWork() && !recovery && (
        <Button size="large" block icon={<KeyRound size={16} />} disabled={busy} className={styles["other"] ?? ""} onClick={() => void send(async () => ({ passkey: await answerWithPasskey(pending.ticket) }))}>{t("signIn.passkey")}</Button>
      )}
      <div className={styles["foot"]}>
        {ways.includes("recovery") && <Button type="link" onClick={() => { setRecovery(!recovery); setCode(""); setError(null); }}>{t(recovery ? "signIn.useOther" : "signIn.useRecovery")}</Button>}
        <Button type="link" onClick={onBack}>{t("action.back")}</Button>
      </div>
    </form>
  );
}
