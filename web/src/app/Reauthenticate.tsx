import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";
import { setReauthenticate } from "@/api/client";
import { useSession } from "@/api/session";
import { keys } from "@/features/base/keys";
import { useSpeech } from "@/messages";
import { Panel } from "@/ui/Panel";
import { Bone } from "@/ui/State";
import { useAhead } from "@/ui/useAhead";

const loadForm = () => import("@/features/session/SignInForm");
const SignInForm = lazy(() => loadForm().then((module) => ({ default: module.SignInForm })));

export const forgetSession = () => setReauthenticate(null);

/** When the session ends in the middle of work, one signs in over the page; requests wait and then go on. */
export function Reauthenticate() {
  const { t } = useSpeech();
  const { user, workspace } = useSession();
  const client = useQueryClient();
  const [waiting, setWaiting] = useState<{ promise: Promise<void>; resolve: () => void } | null>(null);
  useEffect(() => {
    let current: { promise: Promise<void>; resolve: () => void } | null = null;
    setReauthenticate(() => {
      if (workspace.sandbox_of) {
        // Signing in leads home: what waited for the sandbox must not happen there.
        window.location.assign("/sign-in");
        return new Promise(() => undefined);
      }
      if (!current) {
        let resolve = () => undefined as void;
        const promise = new Promise<void>((done) => {
          resolve = () => {
            current = null;
            setWaiting(null);
            done();
          };
        });
        current = { promise, resolve };
        setWaiting(current);
      }
      return current.promise;
    });
    return forgetSession;
  }, [workspace.sandbox_of]);
  useAhead(loadForm);
  if (!waiting) return null;
  return (
    <Panel title={t("signIn.again")} onClose={() => window.location.assign("/sign-in")}>
      <p style={{ marginBottom: 16, color: "var(--muted)" }}>{t("signIn.againHint")}</p>
      <Suspense fallback={<Bone width="60%" />}>
        <SignInForm
          email={user.email}
          onDone={(session) => {
            client.setQueryData(keys.session, session);
            waiting.resolve();
          }}
        />
      </Suspense>
    </Panel>
  );
}
