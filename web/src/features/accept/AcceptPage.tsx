import { useCallback, useEffect, useMemo, useState } from "react";
import type { Language } from "@/api/types";
import { sayIn } from "@/messages/accept";
import styles from "./Accept.module.css";
import { AnswerForm } from "./AnswerForm";
import { Closed, readOffer, sendAnswer, type Answer, type Ended, type Offer } from "./answer";
import { Document } from "./Document";

const KEPT = "banyan.language";

function firstLanguage(): Language {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(KEPT);
  } catch {
    // Without storage the browser's language decides.
  }
  return (kept ?? navigator.language).startsWith("zh") ? "zh-CN" : "en";
}

type State = { kind: "loading" } | { kind: "open"; offer: Offer } | { kind: "answered"; what: "accepted" | "declined"; company: string } | { kind: "ended"; why: Ended; detail: string };

/** A quote as its customer answers it: from a phone, without an account, once. */
export function AcceptPage({ token }: { token: string }) {
  const [language, setLanguage] = useState<Language>(firstLanguage);
  const [state, setState] = useState<State>({ kind: "loading" });
  const [problem, setProblem] = useState<string | null>(null);
  const say = useMemo(() => sayIn(language), [language]);
  const ended = (error: unknown): State => ({ kind: "ended", why: error instanceof Closed ? error.why : "failed", detail: error instanceof Error ? error.message : "" });
  const load = useCallback(() => {
    let current = true;
    readOffer(token, language).then((offer) => current && setState((old) => (old.kind === "answered" ? old : { kind: "open", offer })), (error: unknown) => current && setState((old) => (old.kind === "answered" ? old : ended(error))));
    return () => {
      current = false;
    };
  }, [token, language]);
  useEffect(load, [load]);
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = state.kind === "open" ? `${state.offer.number ?? ""} ${state.offer.name}`.trim() : say("title");
  }, [language, state, say]);
  const send = async (what: "accept" | "decline", answer: Answer) => {
    setProblem(null);
    try {
      await sendAnswer(token, language, what, answer);
      setState((old) => ({ kind: "answered", what: what === "accept" ? "accepted" : "declined", company: (old.kind === "open" && old.offer.company) || "" }));
      window.scrollTo(0, 0);
    } catch (error) {
      // What can be mended is said at the form; what is over replaces it.
      if (error instanceof Closed && error.why === "failed") setProblem(error.message || say("failed"));
      else setState(ended(error));
    }
  };
  const turn = () => {
    const next = language === "en" ? "zh-CN" : "en";
    try {
      localStorage.setItem(KEPT, next);
    } catch {
      // It lasts as long as the page then.
    }
    setLanguage(next);
  };
  return (
    <main className={styles["page"]}>
      <header className={styles["top"]}><span>{say("title")}</span><button type="button" className={styles["quiet"]} lang={language === "en" ? "zh-CN" : "en"} onClick={turn}>{say("language")}</button></header>
      {state.kind === "loading" && <p className={styles["state"]} role="status">{say("loading")}</p>}
      {state.kind === "open" && <><Document offer={state.offer} token={token} say={say} language={language} /><AnswerForm say={say} customer={state.offer.customer ?? ""} problem={problem} onSend={send} /></>}
      {state.kind === "answered" && <section className={styles["state"]} role="status" data-testid="answered"><h1>{say(state.what)}</h1><p>{say(`${state.what}Hint`, { company: state.company })}</p></section>}
      {state.kind === "ended" && (
        <section className={styles["state"]} role="alert" data-testid={`ended-${state.why}`}>
          <h1>{say(state.why)}</h1>
          <p>{state.why === "failed" ? state.detail : say(`${state.why}Hint`)}</p>
          {state.why === "failed" && <button type="button" className={styles["primary"]} onClick={load}>{say("retry")}</button>}
        </section>
      )}
    </main>
  );
}
