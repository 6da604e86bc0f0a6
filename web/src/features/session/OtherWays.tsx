import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { KeyRound, LogIn } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import type { Session } from "@/api/types";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import styles from "./Entrance.module.css";
import { answerWithPasskey, passkeysWork, wasDismissed } from "@/features/base/passkey";

export interface SignInOptions {
  password_reset: boolean;
  providers: { id: string; label: string; kind: "oidc" | "ldap" }[];
}

export const useSignInOptions = () => useQuery({ queryKey: ["sign-in-options"], queryFn: () => api.get<SignInOptions>("/sign-in-options", { anonymous: true }), staleTime: 60_000 });

/** Where to go on after a journey to an identity provider; the browser keeps it, the provider never sees it. */
export const NEXT = "banyan.next";

/** Ways in besides a password: a passkey, and the identity providers of the workspace. */
export function OtherWays({ next, onDone }: { next: string; onDone: (session: Session) => void }) {
  const { t } = useSpeech();
  const options = useSignInOptions().data;
  const [busy, setBusy] = useState(false);
  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    try {
      await work();
    } catch (problem) {
      if (!wasDismissed(problem)) complain(problem, t);
      setBusy(false);
    }
  };
  const withPasskey = () => attempt(async () => onDone(await api.post<Session>("/sessions/passkey", await answerWithPasskey(), { anonymous: true })));
  const goTo = (provider: string) =>
    attempt(async () => {
      const { url } = await api.post<{ url: string }>("/sessions/oidc/start", { provider }, { anonymous: true });
      sessionStorage.setItem(NEXT, next);
      window.location.assign(url);
    });
  const providers = options?.providers.filter((one) => one.kind === "oidc") ?? [];
  if (!passkeysWork() && !providers.length) return null;
  return (
    <div className={styles["ways"]}>
      {passkeysWork() && <Button size="large" block icon={<KeyRound size={16} />} disabled={busy} onClick={() => void withPasskey()}>{t("signIn.passkey")}</Button>}
      {providers.map((one) => <Button key={one.id} size="large" block icon={<LogIn size={16} />} disabled={busy} onClick={() => void goTo(one.id)}>{t("signIn.with", { name: one.label })}</Button>)}
    </div>
  );
}
