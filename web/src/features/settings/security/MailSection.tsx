import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { api, ProblemError } from "@/api/client";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { complain } from "@/ui/says";
import { Bone, ErrorState } from "@/ui/State";
import { toast } from "@/ui/toast";
import styles from "../Settings.module.css";
import { NumberField, SwitchField, TextField } from "./fields";

export const ENCRYPTIONS = ["tls", "starttls", "none"] as const;
interface Mail {
  host: string;
  port: number;
  security: (typeof ENCRYPTIONS)[number];
  username: string;
  from_address: string;
  from_name: string;
  allow_private: boolean;
}
interface Stored { mail: (Mail & { has_password: boolean }) | null; public_url: string | null }

const EMPTY: Mail = { host: "", port: 465, security: "tls", username: "", from_address: "", from_name: "", allow_private: false };

function useMail() {
  const { t } = useSpeech();
  const client = useQueryClient();
  const found = useQuery({ queryKey: ["security", "mail"], queryFn: () => api.get<Stored>("/security/mail") });
  const [draft, setDraft] = useState<Mail | null>(null);
  const [password, setPassword] = useState("");
  const [errors, setErrors] = useState<Record<string, string>>({});
  const attempt = async (work: () => Promise<unknown>, said: "security.mailSaved" | "security.mailRemoved" | "security.tested") => {
    try {
      await work();
      toast(t(said));
      setErrors({});
      setDraft(null);
      setPassword("");
      await client.invalidateQueries({ queryKey: ["security", "mail"] });
    } catch (problem) {
      setErrors(problem instanceof ProblemError ? problem.fields : {});
      complain(problem, t);
    }
  };
  return { found, draft, setDraft, password, setPassword, errors, attempt };
}

/** The mail server of the workspace; its password is written and never read back. */
export function MailSection() {
  const { t } = useSpeech();
  const { found, draft, setDraft, password, setPassword, errors, attempt } = useMail();
  if (found.error) return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Bone width="60%" />;
  const stored = found.data.mail;
  const { has_password: kept = false, ...known } = stored ?? { ...EMPTY, has_password: false };
  const mail: Mail = draft ?? known;
  const set = (change: Partial<Mail>) => setDraft({ ...mail, ...change });
  const save = () => attempt(() => api.put("/security/mail", { ...mail, password: password || null }), "security.mailSaved");
  return (
    <section>
      <h2 className={styles["title"]}>{t("security.mail")}</h2>
      <p className={styles["hint"]}>{t("security.mailHint")}</p>
      {!found.data.public_url && <p role="status">{t("security.mailNoUrl")}</p>}
      <TextField label={t("security.host")} value={mail.host} error={errors["host"]} onChange={(host) => set({ host })} />
      <NumberField label={t("security.port")} min={1} max={65_535} value={mail.port} error={errors["port"]} onChange={(port) => set({ port: port ?? 465 })} />
      <FormRow label={t("security.encryption")}>{({ id }) => <Choose id={id} value={mail.security} clearable={false} options={ENCRYPTIONS.map((value) => ({ value, text: t(`security.${value}`) }))} onPick={(next) => set({ security: next as Mail["security"] })} />}</FormRow>
      <TextField label={t("security.username")} value={mail.username} error={errors["username"]} onChange={(username) => set({ username })} />
      <TextField secret label={t("security.password")} help={kept ? t("security.kept") : undefined} value={password} onChange={(next) => { setPassword(next); set({}); }} />
      <TextField label={t("security.from")} value={mail.from_address} error={errors["from_address"]} onChange={(from_address) => set({ from_address })} />
      <TextField label={t("security.fromName")} value={mail.from_name} error={errors["from_name"]} onChange={(from_name) => set({ from_name })} />
      <SwitchField label={t("security.private")} help={t("security.privateHelp")} value={mail.allow_private} onChange={(allow_private) => set({ allow_private })} />
      <Button type="primary" disabled={!draft} onClick={() => void save()}>{t("action.save")}</Button>{" "}
      {stored && !draft && <Button onClick={() => void attempt(() => api.post("/security/mail/test"), "security.tested")}>{t("security.test")}</Button>}{" "}
      {stored && <Button danger type="text" onClick={() => void attempt(() => api.delete("/security/mail"), "security.mailRemoved")}>{t("security.remove")}</Button>}
    </section>
  );
}
