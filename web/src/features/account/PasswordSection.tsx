import { Button, Input } from "antd";
import { useState, type FormEvent } from "react";
import { api, ProblemError } from "@/api/client";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { formatDateTime } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import { useRefresh, type Security } from "./account";
import styles from "./Account.module.css";

function ChangePassword({ shortest, onClose }: { shortest: number; onClose: () => void }) {
  const { t } = useSpeech();
  const refresh = useRefresh();
  const [draft, setDraft] = useState({ current: "", password: "" });
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await api.post("/account/password", draft);
      toast(t("account.changed"));
      await refresh();
      onClose();
    } catch (problem) {
      if (problem instanceof ProblemError && Object.keys(problem.fields).length) setErrors(problem.fields);
      else complain(problem, t);
      setBusy(false);
    }
  };
  const field = (name: "current" | "password", autoComplete: string) => (
    <FormRow label={t(name === "current" ? "account.current" : "account.new")} error={errors[name]} help={name === "password" ? t("account.newHelp", { n: shortest }) : undefined}>
      {({ id, describedBy }) => <Input.Password id={id} autoFocus={name === "current"} autoComplete={autoComplete} aria-describedby={describedBy} value={draft[name]} onChange={(event) => setDraft({ ...draft, [name]: event.target.value })} />}
    </FormRow>
  );
  return (
    <Panel title={t("account.change")} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        {field("current", "current-password")}
        {field("password", "new-password")}
        <Button type="primary" htmlType="submit" loading={busy} disabled={!draft.current || !draft.password}>{t("account.change")}</Button>
      </form>
    </Panel>
  );
}

export function PasswordSection({ security }: { security: Security }) {
  const { t, language } = useSpeech();
  const [open, setOpen] = useState(false);
  return (
    <section className={styles["section"]}>
      <div className={styles["head"]}>
        <h2>{t("account.password")}</h2>
        {security.has_password && <Button onClick={() => setOpen(true)}>{t("account.change")}</Button>}
      </div>
      <p className={styles["hint"]}>{security.has_password ? t("account.passwordSince", { at: security.password_set_at ? formatDateTime(security.password_set_at, language) : "—" }) : t("account.noPassword")}</p>
      {open && <ChangePassword shortest={security.policy.min_length} onClose={() => setOpen(false)} />}
    </section>
  );
}
