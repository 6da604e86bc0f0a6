import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { useEffect, useRef, useState } from "react";
import { api } from "@/api/client";
import type { Session } from "@/api/types";
import { keys } from "@/features/base/keys";
import { useSpeech } from "@/messages";
import { explain } from "@/ui/says";
import { Bone } from "@/ui/State";
import { Entrance } from "./Entrance";
import { NEXT } from "./OtherWays";
import { SecondStep, type Pending } from "./SecondStep";
import { placeAfter } from "./SignInPage";

/** Back from an identity provider: the code is traded once, then one is where one wanted to go. */
export function CallbackPage() {
  const { t } = useSpeech();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { code, state, error } = useSearch({ strict: false }) as { code?: string; state?: string; error?: string };
  const [pending, setPending] = useState<Pending | null>(null);
  const [problem, setProblem] = useState<string | null>(error ?? null);
  const begun = useRef(false);
  const done = (session: Session) => {
    client.setQueryData(keys.session, session);
    const next = placeAfter(session, sessionStorage.getItem(NEXT));
    sessionStorage.removeItem(NEXT);
    void navigate({ href: next, replace: true });
  };
  useEffect(() => {
    if (begun.current || error) return;
    begun.current = true;
    api
      .post<Session | Pending>("/sessions/oidc", { code: code ?? "", state: state ?? "" }, { anonymous: true })
      .then((answer) => ("second_factor" in answer ? setPending(answer) : done(answer)))
      .catch((refusal: unknown) => setProblem(explain(refusal, t)));
  });
  const again = () => void navigate({ to: "/sign-in", replace: true });
  if (pending) return <Entrance title={t("signIn.title")} hint={t("signIn.second")}><SecondStep pending={pending} onDone={done} onBack={again} onProblem={() => false} /></Entrance>;
  if (problem) return <Entrance title={t("signIn.notDone")} hint={problem}><Button type="primary" block onClick={again}>{t("action.back")}</Button></Entrance>;
  return <Entrance title={t("signIn.title")} hint={t("signIn.coming")}><Bone width="60%" /></Entrance>;
}
