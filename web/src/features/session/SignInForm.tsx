import { Button, Input } from "antd";
import { useState, type FormEvent } from "react";
import { api, ProblemError } from "@/api/client";
import type { SignInBody } from "@/api/bodies";
import type { Session } from "@/api/types";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { explain } from "@/ui/says";
import styles from "./Entrance.module.css";

interface Props {
  email?: string;
  onDone: (session: Session) => void;
}

export function SignInForm({ email: known, onDone }: Props) {
  const { t } = useSpeech();
  const [email, setEmail] = useState(known ?? "");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!email.trim() || !password) return setMissing(true);
    setBusy(true);
    setError(null);
    try {
      onDone(await api.post<Session>("/sessions", { email: email.trim(), password } satisfies SignInBody, { anonymous: true }));
    } catch (problem) {
      const wait = problem instanceof ProblemError && problem.status === 429 ? problem.retryAfter : undefined;
      setError(wait ? t("signIn.wait", { n: wait }) : explain(problem, t));
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      {error && <p className={styles["error"]} role="alert">{error}</p>}
      <FormRow label={t("signIn.email")} error={missing && !email.trim() ? t("signIn.required") : undefined}>
        {({ id, describedBy }) => <Input id={id} size="large" type="email" autoComplete="username" autoFocus={!known} aria-describedby={describedBy} value={email} onChange={(event) => setEmail(event.target.value)} />}
      </FormRow>
      <FormRow label={t("signIn.password")} error={missing && !password ? t("signIn.required") : undefined}>
        {({ id, describedBy }) => <Input.Password id={id} size="large" autoComplete="current-password" autoFocus={Boolean(known)} aria-describedby={describedBy} value={password} onChange={(event) => setPassword(event.target.value)} />}
      </FormRow>
      <Button type="primary" size="large" block htmlType="submit" loading={busy}>{t("signIn.submit")}</Button>
    </form>
  );
}
