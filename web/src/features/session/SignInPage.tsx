import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { Session } from "@/api/types";
import { keys } from "@/features/base/keys";
import { useSpeech } from "@/messages";
import { Entrance } from "./Entrance";
import styles from "./Entrance.module.css";
import { OtherWays, useSignInOptions } from "./OtherWays";
import { SignInForm } from "./SignInForm";

/** Only paths of this site are followed after signing in. */
export const safeNext = (next: unknown): string => (typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : "/");

/** Whose administration waits for a second factor is led to set it up. */
export const placeAfter = (session: Session, next: unknown): string => (session.second_factor_needed ? "/account" : safeNext(next));

export function SignInPage() {
  const { t } = useSpeech();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { next } = useSearch({ strict: false }) as { next?: string };
  const [second, setSecond] = useState(false);
  const reset = useSignInOptions().data?.password_reset;
  const done = (session: Session) => {
    client.setQueryData(keys.session, session);
    void navigate({ href: placeAfter(session, next), replace: true });
  };
  return (
    <Entrance title={t("signIn.title")} hint={t(second ? "signIn.second" : "signIn.hint")}>
      <SignInForm onDone={done} onSecond={setSecond} />
      {!second && <OtherWays next={safeNext(next)} onDone={done} />}
      {reset && !second && <p className={styles["foot"]}><Link to="/forgot-password">{t("signIn.forgot")}</Link></p>}
    </Entrance>
  );
}
