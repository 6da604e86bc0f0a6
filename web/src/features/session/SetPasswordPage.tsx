import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Input } from "antd";
import { useState, type FormEvent } from "react";
import type { SetPasswordBody } from "@/api/bodies";
import { api, ProblemError } from "@/api/client";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { explain } from "@/ui/says";
import { toast } from "@/ui/toast";
import { Entrance } from "./Entrance";

export function SetPasswordPage() {
  const { t } = useSpeech();
  const navigate = useNavigate();
  const { token } = useSearch({ strict: false }) as { token?: string };
  const [password, setPassword] = useState("");
  const [error, setError] = useState<string | undefined>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await api.post("/set-password", { token: token ?? "", password } satisfies SetPasswordBody, { anonymous: true });
      toast(t("password.done"));
      void navigate({ to: "/sign-in", replace: true });
    } catch (problem) {
      setError((problem instanceof ProblemError && problem.fields["password"]) || explain(problem, t));
      setBusy(false);
    }
  };
  if (!token) return <Entrance title={t("password.noToken")} hint={t("password.noTokenHint")} />;
  return (
    <Entrance title={t("password.title")} hint={t("password.hint")}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <FormRow label={t("password.new")} required error={error} help={t("setup.passwordHelp")}>
          {({ id, describedBy }) => <Input.Password id={id} size="large" autoFocus autoComplete="new-password" aria-describedby={describedBy} value={password} onChange={(event) => setPassword(event.target.value)} />}
        </FormRow>
        <Button type="primary" size="large" block htmlType="submit" loading={busy} disabled={!password}>{t("password.submit")}</Button>
      </form>
    </Entrance>
  );
}
