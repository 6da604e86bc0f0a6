import "./words";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, InputNumber, Switch } from "antd";
import { useState } from "react";
import { api } from "@/api/client";
import type { Localized } from "@/api/types";
import { useSpeech } from "@/messages";
import { formatDateTime } from "@/ui/format";
import { complain } from "@/ui/says";
import { Bone, ErrorState } from "@/ui/State";
import { toast } from "@/ui/toast";
import styles from "./Quoting.module.css";

interface Live {
  quote: { id: string; label: string | null; number: string | null };
  owner: { id: string; label: string | null } | null;
  made_at: string;
  expires_at: string;
}
interface Settings {
  limits: Record<string, string>;
  validity_days: number;
  public_links: boolean;
  version?: number;
}
interface Role {
  key: string;
  label: Localized | string;
}

const KEY = ["settings", "quoting"];

/** How the house quotes: who may give which discount, how long a quote stands, whether customers answer by link. */
export function QuotingSettings() {
  const found = useQuery({ queryKey: KEY, staleTime: 0, gcTime: 0, queryFn: ({ signal }) => api.get<Settings>("/settings/quoting", { signal }) });
  const roles = useQuery({ queryKey: ["roles", "named"], queryFn: ({ signal }) => api.get<{ roles: Role[] }>("/roles", { signal }) });
  if (found.isError) return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  if (roles.isError) return <ErrorState error={roles.error} onRetry={() => void roles.refetch()} />;
  if (!found.data || !roles.data) return <Bone height={200} />;
  return <Form key={found.dataUpdatedAt} begin={found.data} roles={roles.data.roles} />;
}

function Form({ begin, roles }: { begin: Settings; roles: Role[] }) {
  const { t, say } = useSpeech();
  const client = useQueryClient();
  const [draft, setDraft] = useState(begin);
  const [busy, setBusy] = useState(false);
  const set = (change: Partial<Settings>) => setDraft((old) => ({ ...old, ...change }));
  const limit = (role: string, value: string | number | null) => set({ limits: Object.fromEntries(Object.entries({ ...draft.limits, [role]: value === null ? "" : String(value) }).filter(([, percent]) => percent !== "")) });
  const save = async () => {
    setBusy(true);
    try {
      await api.put("/settings/quoting", { limits: draft.limits, validity_days: draft.validity_days, public_links: draft.public_links, ...(begin.version === undefined ? {} : { version: begin.version }) });
      toast(t("state.saved"));
      await client.invalidateQueries({ queryKey: KEY });
    } catch (error) {
      complain(error, t);
    }
    setBusy(false);
  };
  return (
    <div className={styles["settings"]} data-testid="quoting-settings">
      <header className={styles["versions"]}><h2 className={styles["title"]}>{t("quoting.settings")}</h2></header>
      <section>
        <h3>{t("quoting.settings.limits")}</h3>
        <p className={styles["hint"]}>{t("quoting.settings.limitsHint")}</p>
        <ul className={styles["limits"]}>
          {roles.map((role) => (
            <li key={role.key}><span>{say(role.label)}</span><InputNumber<string> stringMode min="0" max="100" suffix="%" style={{ width: "100%" }} aria-label={t("quoting.settings.limitOf", { role: say(role.label) })} value={draft.limits[role.key] ?? null} onChange={(value) => limit(role.key, value)} /></li>
          ))}
        </ul>
      </section>
      <section><label><h3>{t("quoting.settings.validity")}</h3><InputNumber min={1} max={720} precision={0} aria-label={t("quoting.settings.validity")} value={draft.validity_days} onChange={(days) => days !== null && set({ validity_days: days })} /></label></section>
      <section>
        <h3>{t("quoting.settings.links")}</h3>
        <p className={styles["hint"]}>{t("quoting.settings.linksHint")}</p>
        <Switch aria-label={t("quoting.settings.links")} checked={draft.public_links} onChange={(public_links) => set({ public_links })} />
      </section>
      <div><Button type="primary" loading={busy} disabled={busy || JSON.stringify(draft) === JSON.stringify(begin)} onClick={() => void save()}>{t("action.save")}</Button></div>
      <LiveLinks />
    </div>
  );
}

/** Links that customers can still answer: each can be answered once, and then is no more here. */
function LiveLinks() {
  const { t, language } = useSpeech();
  const found = useQuery({ queryKey: [...KEY, "links"], staleTime: 0, queryFn: ({ signal }) => api.get<{ links: Live[]; hidden: number }>("/settings/quoting/links", { signal }) });
  const links = found.data?.links ?? [];
  if (found.isPending) return <Bone height={60} />;
  if (found.isError) return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  return (
    <section data-testid="live-links">
      <h3>{t("quoting.settings.live")}</h3>
      {links.length + found.data.hidden === 0 ? <p className={styles["hint"]}>{t("quoting.settings.noLinks")}</p> : (
        <div className={styles["wideTable"]}>
          <table className={styles["table"]}>
            <thead><tr><th>{t("quoting.settings.quote")}</th><th>{t("quoting.settings.owner")}</th><th>{t("quoting.settings.made")}</th><th>{t("quoting.settings.expires")}</th></tr></thead>
            <tbody>{links.map((link) => <tr key={link.quote.id}><td><Link to="/documents/$object/$id" params={{ object: "quote", id: link.quote.id }}>{[link.quote.number, link.quote.label].filter(Boolean).join(" · ")}</Link></td><td>{link.owner?.label ?? "—"}</td><td>{formatDateTime(link.made_at, language)}</td><td>{formatDateTime(link.expires_at, language)}</td></tr>)}</tbody>
          </table>
          {found.data.hidden > 0 && <p className={styles["hint"]}>{t("quoting.settings.hidden", { n: found.data.hidden })}</p>}
        </div>
      )}
    </section>
  );
}
