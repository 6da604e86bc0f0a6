import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Input } from "antd";
import { useState, type FormEvent } from "react";
import type { SetUpBody } from "@/api/bodies";
import { api, ProblemError } from "@/api/client";
import type { Language, Session } from "@/api/types";
import { keys } from "@/features/base/keys";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { changeLanguage } from "@/features/base/preferences";
import { FormRow } from "@/ui/FormRow";
import { explain } from "@/ui/says";
import { Entrance } from "./Entrance";
import styles from "./Entrance.module.css";

const CURRENCIES = ["CNY", "USD", "EUR", "HKD", "JPY", "GBP", "SGD", "TWD", "KRW", "AUD"];
const LANGUAGES = [{ value: "zh-CN", text: "简体中文" }, { value: "en", text: "English" }]; // strings-ok: each language names itself
const STARTS = ["spreadsheet", "sample", "empty"] as const;
const TEXTS = ["organisation", "name", "email", "password"] as const;

type Draft = Record<(typeof TEXTS)[number], string> & { language: Language; currency: string; start: (typeof STARTS)[number] };

export function SetupPage() {
  const { t, language } = useSpeech();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { token } = useSearch({ strict: false }) as { token?: string };
  const status = useQuery({ queryKey: ["setup"], queryFn: () => api.get<{ needed: boolean }>("/setup", { anonymous: true }) });
  const [draft, setDraft] = useState<Draft>({ organisation: "", name: "", email: "", password: "", language, currency: language === "en" ? "USD" : "CNY", start: "spreadsheet" });
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const set = (change: Partial<Draft>) => setDraft((old) => ({ ...old, ...change }));

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const missing = Object.fromEntries(TEXTS.filter((name) => !draft[name].trim()).map((name) => [name, t("signIn.required")]));
    setErrors(missing);
    setError(null);
    if (Object.keys(missing).length) return;
    setBusy(true);
    const { start, ...rest } = draft;
    try {
      const session = await api.post<Session>("/setup", { ...rest, token: token ?? "", sample: start === "sample" ? "small" : "none" } satisfies SetUpBody, { anonymous: true });
      client.setQueryData(keys.session, session);
      void navigate({ to: start === "spreadsheet" ? "/import" : "/", replace: true });
    } catch (problem) {
      setErrors(problem instanceof ProblemError ? problem.fields : {});
      setError(explain(problem, t));
      setBusy(false);
    }
  };
  if (status.data && !status.data.needed)
    return <Entrance title={t("setup.done")} hint={t("setup.doneHint")}><Button type="primary" onClick={() => void navigate({ to: "/sign-in" })}>{t("signIn.submit")}</Button></Entrance>;
  if (!token) return <Entrance title={t("setup.tokenTitle")} hint={t("setup.tokenHint")} />;

  const text = (name: (typeof TEXTS)[number], autoComplete: string) => (
    <FormRow label={t(`setup.${name}`)} required error={errors[name]} help={name === "password" ? t("setup.passwordHelp") : undefined}>
      {({ id, describedBy, invalid }) => {
        const common = { id, autoComplete, value: draft[name], status: invalid ? ("error" as const) : ("" as const), "aria-describedby": describedBy, onChange: (event: { target: { value: string } }) => set({ [name]: event.target.value }) };
        if (name === "password") return <Input.Password {...common} />;
        return <Input {...common} autoFocus={name === "organisation"} type={name === "email" ? "email" : "text"} placeholder={name === "organisation" ? t("setup.organisationPlaceholder") : ""} />;
      }}
    </FormRow>
  );
  return (
    <Entrance wide title={t("setup.title")} hint={t("setup.hint")}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        {error && <p className={styles["error"]} role="alert">{error}</p>}
        {text("organisation", "organization")}
        <div className={styles["pair"]}>
          <FormRow label={t("setup.language")}>
            {({ id }) => <Choose id={id} value={draft.language} options={LANGUAGES} clearable={false} onPick={(next) => { set({ language: next as Language }); changeLanguage(next as Language); }} />}
          </FormRow>
          <FormRow label={t("setup.currency")} error={errors["currency"]}>
            {({ id }) => <Choose id={id} value={draft.currency} options={CURRENCIES.map((code) => ({ value: code, text: code }))} clearable={false} onPick={(next) => set({ currency: String(next) })} />}
          </FormRow>
          {text("name", "name")}
          {text("email", "username")}
        </div>
        {text("password", "new-password")}
        <fieldset className={styles["choices"]}>
          <legend>{t("setup.startWith")}</legend>
          {STARTS.map((start) => (
            <label key={start} className={styles["choice"]}>
              <input type="radio" name="start" checked={draft.start === start} onChange={() => set({ start })} />
              <strong>{t(`setup.${start}`)}</strong>
              <span>{t(`setup.${start}Hint`)}</span>
            </label>
          ))}
        </fieldset>
        <Button type="primary" size="large" block htmlType="submit" loading={busy}>{t("setup.submit")}</Button>
      </form>
    </Entrance>
  );
}
