import { useRef, useState, type FormEvent } from "react";
import type { Say } from "@/messages/accept";
import type { Answer } from "./answer";
import styles from "./Accept.module.css";
import { Signature } from "./Signature";

interface Props {
  say: Say;
  customer: string;
  problem: string | null;
  onSend: (what: "accept" | "decline", answer: Answer) => Promise<void>;
}

/** Name, title and signature, or why not; sent once however often it is pressed. */
export function AnswerForm({ say, customer, problem, onSend }: Props) {
  const [declining, setDeclining] = useState(false);
  const [name, setName] = useState("");
  const [job, setJob] = useState("");
  const [reason, setReason] = useState("");
  const [drawing, setDrawing] = useState<string | null>(null);
  const [unsigned, setUnsigned] = useState(false);
  const [busy, setBusy] = useState(false);
  const running = useRef(false);
  const complete = name.trim() !== "" && (declining ? reason.trim() !== "" : drawing !== null || unsigned);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (running.current || !complete) return;
    running.current = true;
    setBusy(true);
    const who = { name: name.trim(), ...(job.trim() ? { title: job.trim() } : {}) };
    await onSend(declining ? "decline" : "accept", declining ? { ...who, reason: reason.trim() } : { ...who, ...(drawing ? { signature: drawing } : {}) });
    running.current = false;
    setBusy(false);
  };
  return (
    <form className={styles["form"]} onSubmit={(event) => void send(event)} data-testid="answer">
      <h2>{say("answer")}</h2>
      <label>{say("name")}<input value={name} maxLength={200} autoComplete="name" required onChange={(event) => setName(event.target.value)} /></label>
      <label>{say("job")}<input value={job} maxLength={200} autoComplete="organization-title" onChange={(event) => setJob(event.target.value)} /></label>
      {declining ? (
        <label>{say("reason")}<textarea value={reason} maxLength={1000} rows={4} required onChange={(event) => setReason(event.target.value)} /></label>
      ) : (
        <>
          <Signature say={say} onChange={setDrawing} />
          <label className={styles["check"]}><input type="checkbox" checked={unsigned} onChange={(event) => setUnsigned(event.target.checked)} />{say("unsigned")}</label>
          <p className={styles["meta"]}>{say("binding", { customer })}</p>
        </>
      )}
      {problem && <p className={styles["problem"]} role="alert">{problem}</p>}
      <div className={styles["buttons"]}>
        <button type="submit" className={declining ? styles["danger"] : styles["primary"]} disabled={!complete || busy}>{say(declining ? "declineSend" : "accept")}</button>
        <button type="button" className={styles["plain"]} disabled={busy} onClick={() => setDeclining(!declining)}>{say(declining ? "back" : "decline")}</button>
      </div>
    </form>
  );
}
