import { Button } from "antd";
import { useState } from "react";
import { api, ProblemError } from "@/api/client";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import { NumberField, SwitchField, TextField } from "./fields";
import { ENCRYPTIONS } from "./MailSection";

export interface OidcSettings { kind: "oidc"; issuer: string; client_id: string; emails_verified: boolean; trusted: boolean; auto_create: boolean; allow_private: boolean }
export interface LdapSettings { kind: "ldap"; host: string; port: number; security: (typeof ENCRYPTIONS)[number]; bind_dn: string; base: string; login_attribute: string; emails_verified: boolean; trusted: boolean; auto_create: boolean; allow_private: boolean }
export interface Provider { id: string; label: string; enabled: boolean; has_secret: boolean; settings: OidcSettings | LdapSettings }

export const NEW_OIDC: OidcSettings = { kind: "oidc", issuer: "", client_id: "", emails_verified: false, trusted: false, auto_create: false, allow_private: false };
export const NEW_LDAP: LdapSettings = { kind: "ldap", host: "", port: 636, security: "tls", bind_dn: "", base: "", login_attribute: "mail", emails_verified: false, trusted: false, auto_create: false, allow_private: false };

function OidcFields({ value, onChange }: { value: OidcSettings; onChange: (next: OidcSettings) => void }) {
  const { t } = useSpeech();
  return (
    <>
      <TextField label={t("security.issuer")} value={value.issuer} onChange={(issuer) => onChange({ ...value, issuer: issuer.trim() })} />
      <TextField label={t("security.clientId")} value={value.client_id} onChange={(client_id) => onChange({ ...value, client_id: client_id.trim() })} />
    </>
  );
}

function LdapFields({ value, onChange }: { value: LdapSettings; onChange: (next: LdapSettings) => void }) {
  const { t } = useSpeech();
  return (
    <>
      <TextField label={t("security.host")} value={value.host} onChange={(host) => onChange({ ...value, host: host.trim() })} />
      <NumberField label={t("security.port")} min={1} max={65_535} value={value.port} onChange={(port) => onChange({ ...value, port: port ?? 636 })} />
      <FormRow label={t("security.encryption")}>{({ id }) => <Choose id={id} value={value.security} clearable={false} options={ENCRYPTIONS.map((one) => ({ value: one, text: t(`security.${one}`) }))} onPick={(next) => onChange({ ...value, security: next as LdapSettings["security"] })} />}</FormRow>
      <TextField label={t("security.base")} value={value.base} onChange={(base) => onChange({ ...value, base })} />
      <TextField label={t("security.loginAttribute")} value={value.login_attribute} onChange={(login_attribute) => onChange({ ...value, login_attribute })} />
      <TextField label={t("security.bindDn")} value={value.bind_dn} onChange={(bind_dn) => onChange({ ...value, bind_dn })} />
    </>
  );
}

/** One identity provider. It is asked who it is before anything is kept, so a mistake shows here. */
export function ProviderForm({ provider, onDone, onClose }: { provider: Omit<Provider, "id"> & { id?: string }; onDone: () => void; onClose: () => void }) {
  const { t } = useSpeech();
  const [label, setLabel] = useState(provider.label);
  const [enabled, setEnabled] = useState(provider.enabled);
  const [settings, setSettings] = useState(provider.settings);
  const [secret, setSecret] = useState("");
  const [error, setError] = useState<string | undefined>();
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const body = { label: label.trim(), enabled, settings, secret: secret || null };
      if (provider.id) await api.put(`/security/providers/${provider.id}`, body);
      else await api.post("/security/providers", body);
      toast(t("security.providerSaved"));
      onDone();
    } catch (problem) {
      if (problem instanceof ProblemError) setError(problem.errors[0] ? `${problem.errors[0].pointer}: ${problem.errors[0].message}` : problem.message);
      else complain(problem, t);
      setBusy(false);
    }
  };
  return (
    <Panel title={provider.label || t(settings.kind === "oidc" ? "security.addOidc" : "security.addLdap")} onClose={onClose} footer={<Button type="primary" loading={busy} disabled={!label.trim()} onClick={() => void save()}>{t("action.save")}</Button>}>
      {error && <p role="alert" style={{ color: "var(--danger)" }}>{error}</p>}
      <TextField label={t("security.label")} value={label} onChange={setLabel} />
      {settings.kind === "oidc" ? <OidcFields value={settings} onChange={setSettings} /> : <LdapFields value={settings} onChange={setSettings} />}
      <TextField secret label={t(settings.kind === "oidc" ? "security.secret" : "security.bindPassword")} help={provider.has_secret ? t("security.kept") : undefined} value={secret} onChange={setSecret} />
      <SwitchField label={t("security.emailsVerified")} help={t("security.emailsVerifiedHelp")} value={settings.emails_verified} onChange={(emails_verified) => setSettings({ ...settings, emails_verified })} />
      <SwitchField label={t("security.trusted")} value={settings.trusted} onChange={(trusted) => setSettings({ ...settings, trusted })} />
      <SwitchField label={t("security.autoCreate")} value={settings.auto_create} onChange={(auto_create) => setSettings({ ...settings, auto_create })} />
      <SwitchField label={t("security.private")} help={t("security.privateHelp")} value={settings.allow_private} onChange={(allow_private) => setSettings({ ...settings, allow_private })} />
      <SwitchField label={t("security.enabled")} value={enabled} onChange={setEnabled} />
    </Panel>
  );
}
