import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { Session } from "@/api/types";
import { keys } from "@/features/base/keys";
import { useSpeech } from "@/messages";
import { Entrance } from "./Entrance";
import styles from "./Entrance.module.css";
import { OtherWays, useSignInOptions } from "./OtherWays";
import { SignInForm } from "./SignInForm";

/** Only paths of this site are followed after signing in. */
export const safeNext = (next: unknown): string => (typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : "/");

export function SignInPage() {
  const { t } = useSpeech();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { next } = useSearch({ strict: false }) as { next?: string };
  const reset = useSignInOptions().data?.password_reset;
  const done = (session: Session) => {
    client.setQueryData(keys.session, session);
    void navigate({ href: safeNext(next), replace: true });
  };
  return (
    <Entrance title={t("signIn.title")} hint={t("signIn.hint")}>
      <SignInForm onDone={done} />
      <OtherWays next={safeNext(next)} onDone={done} />
      {reset && <p className={styles["foot"]}><Link to="/forgot-password">{t("signIn.forgot")}</Link></p>}
    </Entrance>
  );
}
