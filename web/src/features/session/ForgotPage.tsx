import { useNavigate } from "@tanstack/react-router";
import { Button, Input } from "antd";
import { useState, type FormEvent } from "react";
import { api } from "@/api/client";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { complain } from "@/ui/says";
import { Entrance } from "./Entrance";

/** Asks for a link by mail; the answer is the same whether anybody has that address. */
export function ForgotPage() {
  const { t } = useSpeech();
  const navigate = useNavigate();
  const [email, setEmail] = useState("");
  const [sent, setSent] = useState(false);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await api.post("/password-reset", { email: email.trim() }, { anonymous: true });
      setSent(true);
    } catch (problem) {
      complain(problem, t);
    }
    setBusy(false);
  };
  const back = <Button type="link" block onClick={() => void navigate({ to: "/sign-in" })}>{t("action.back")}</Button>;
  if (sent) return <Entrance title={t("forgot.sent")} hint={t("forgot.sentHint")}>{back}</Entrance>;
  return (
    <Entrance title={t("forgot.title")} hint={t("forgot.hint")}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <FormRow label={t("signIn.email")}>
          {({ id }) => <Input id={id} size="large" type="email" autoComplete="username" autoFocus value={email} onChange={(event) => setEmail(event.target.value)} />}
        </FormRow>
        <Button type="primary" size="large" block htmlType="submit" loading={busy} disabled={!email.trim()}>{t("forgot.submit")}</Button>
      </form>
      {back}
    </Entrance>
  );
}
