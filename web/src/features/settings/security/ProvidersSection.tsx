import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { api } from "@/api/client";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { Bone, ErrorState } from "@/ui/State";
import { Tag } from "@/ui/Tag";
import styles from "../Settings.module.css";
import { NEW_LDAP, NEW_OIDC, ProviderForm, type Provider } from "./ProviderForm";

interface Found { providers: Provider[]; callback: string }

/** Identity providers: those that are there, and a form for each. */
export function ProvidersSection() {
  const { t } = useSpeech();
  const client = useQueryClient();
  const found = useQuery({ queryKey: ["security", "providers"], queryFn: () => api.get<Found>("/security/providers") });
  const [open, setOpen] = useState<Parameters<typeof ProviderForm>[0]["provider"] | null>(null);
  const refresh = () => Promise.all([client.invalidateQueries({ queryKey: ["security", "providers"] }), client.invalidateQueries({ queryKey: ["sign-in-options"] })]);
  const remove = async (id: string) => {
    try {
      await api.delete(`/security/providers/${id}`);
      await refresh();
    } catch (problem) {
      complain(problem, t);
    }
  };
  if (found.error) return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Bone width="60%" />;
  const fresh = (settings: Provider["settings"]) => setOpen({ label: "", enabled: true, has_secret: false, settings });
  return (
    <section>
      <h2 className={styles["title"]}>{t("security.providers")}</h2>
      <p className={styles["hint"]}>{t("security.providersHint")}</p>
      <p className={styles["hint"]}>{t("security.callback", { url: found.data.callback })}</p>
      {found.data.providers.map((one) => (
        <p key={one.id}>
          <Button type="link" onClick={() => setOpen(one)}>{one.label}</Button>
          {!one.enabled && <Tag color="gray">{t("security.off")}</Tag>}
          <Button type="text" danger onClick={() => void remove(one.id)}>{t("security.remove")}</Button>
        </p>
      ))}
      <Button onClick={() => fresh(NEW_OIDC)}>{t("security.addOidc")}</Button>{" "}
      <Button onClick={() => fresh(NEW_LDAP)}>{t("security.addLdap")}</Button>
      {open && <ProviderForm provider={open} onDone={() => { setOpen(null); void refresh(); }} onClose={() => setOpen(null)} />}
    </section>
  );
}
