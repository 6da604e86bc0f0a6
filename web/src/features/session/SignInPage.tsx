import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { keys } from "@/features/base/keys";
import { useSpeech } from "@/messages";
import { Entrance } from "./Entrance";
import { SignInForm } from "./SignInForm";

/** Only paths of this site are followed after signing in. */
export const safeNext = (next: unknown): string => (typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : "/");

export function SignInPage() {
  const { t } = useSpeech();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { next } = useSearch({ strict: false }) as { next?: string };
  return (
    <Entrance title={t("signIn.title")} hint={t("signIn.hint")}>
      <SignInForm
        onDone={(session) => {
          client.setQueryData(keys.session, session);
          void navigate({ href: safeNext(next), replace: true });
        }}
      />
    </Entrance>
  );
}
