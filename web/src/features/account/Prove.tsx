import { Button, Input } from "antd";
import { useState, type FormEvent } from "react";
import { ProblemError } from "@/api/client";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { explain } from "@/ui/says";

interface Props {
  title: string;
  hasPassword: boolean;
  /** What needs the proof; a refusal stays beside the field. */
  work: (password: string | null) => Promise<void>;
  onClose: () => void;
}

/** Asks for the password once more: an open session alone changes no way of signing in. */
export function Prove({ title, hasPassword, work, onClose }: Props) {
  const { t } = useSpeech();
  const [password, setPassword] = useState("");
  const [error, setError] = useState<string | undefined>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await work(hasPassword ? password : null);
    } catch (problem) {
      setError((problem instanceof ProblemError && problem.fields["password"]) || explain(problem, t));
    }
    setBusy(false);
  };
  return (
    <Panel title={title} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        {hasPassword && (
          <FormRow label={t("account.proof")} error={error}>
            {({ id, describedBy }) => <Input.Password id={id} autoFocus autoComplete="current-password" aria-describedby={describedBy} value={password} onChange={(event) => setPassword(event.target.value)} />}
          </FormRow>
        )}
        {!hasPassword && error && <p role="alert">{error}</p>}
        <Button type="primary" htmlType="submit" loading={busy} disabled={hasPassword && !password}>{t("account.continue")}</Button>
      </form>
    </Panel>
  );
}
