import { useNavigate } from "@tanstack/react-router";
import { Button, Input } from "antd";
import { useState, type FormEvent } from "react";
import { api, ProblemError } from "@/api/client";
import type { SignInBody } from "@/api/bodies";
import type { Session } from "@/api/types";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { explain } from "@/ui/says";
import styles from "./Entrance.module.css";
import { useSignInOptions } from "./OtherWays";
import { SecondStep, type Pending } from "./SecondStep";

interface Props {
  email?: string;
  onDone: (session: Session) => void;
  /** Whether the form is at its second step, where other ways in have no place. */
  onSecond?: (second: boolean) => void;
}

const OWN = "own";

export function SignInForm({ email: known, onDone, onSecond }: Props) {
  const { t } = useSpeech();
  const navigate = useNavigate();
  const [email, setEmail] = useState(known ?? "");
  const [password, setPassword] = useState("");
  const [place, setPlace] = useState(OWN);
  const [pending, setPending] = useState<Pending | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const directories = useSignInOptions().data?.providers.filter((one) => one.kind === "ldap") ?? [];
  /** Problems that lead somewhere: a password of age is changed before going on. */
  const follow = (problem: unknown) => {
    if (!(problem instanceof ProblemError) || !problem.token) return false;
    void navigate({ to: "/set-password", search: { token: problem.token } });
    return true;
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!email.trim() || !password) return setMissing(true);
    setBusy(true);
    setError(null);
    try {
      const body: SignInBody = { email: email.trim(), password, provider: place === OWN ? null : place };
      const answer = await api.post<Session | Pending>("/sessions", body, { anonymous: true });
      if ("second_factor" in answer) {
        setPending(answer);
        onSecond?.(true);
        setBusy(false);
      } else onDone(answer);
    } catch (problem) {
      if (follow(problem)) return;
      const wait = problem instanceof ProblemError && problem.status === 429 ? problem.retryAfter : undefined;
      setError(wait ? t("signIn.wait", { n: wait }) : explain(problem, t));
      setBusy(false);
    }
  };
  if (pending) return <SecondStep pending={pending} onDone={onDone} onBack={() => { setPending(null); onSecond?.(false); }} onProblem={follow} />;
  const places = [{ value: OWN, text: t("signIn.ownPassword") }, ...directories.map((one) => ({ value: one.id, text: one.label }))];
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      {error && <p className={styles["error"]} role="alert">{error}</p>}
      <FormRow label={t("signIn.email")} error={missing && !email.trim() ? t("signIn.required") : undefined}>
        {({ id, describedBy }) => <Input id={id} size="large" type="email" autoComplete="username" autoFocus={!known} aria-describedby={describedBy} value={email} onChange={(event) => setEmail(event.target.value)} />}
      </FormRow>
      <FormRow label={t("signIn.password")} error={missing && !password ? t("signIn.required") : undefined}>
        {({ id, describedBy }) => <Input.Password id={id} size="large" autoComplete="current-password" autoFocus={Boolean(known)} aria-describedby={describedBy} value={password} onChange={(event) => setPassword(event.target.value)} />}
      </FormRow>
      {directories.length > 0 && (
        <FormRow label={t("signIn.place")}>
          {({ id }) => <Choose id={id} value={place} options={places} clearable={false} onPick={(next) => setPlace(String(next))} />}
        </FormRow>
      )}
      <Button type="primary" size="large" block htmlType="submit" loading={busy}>{t("signIn.submit")}</Button>
    </form>
  );
}
