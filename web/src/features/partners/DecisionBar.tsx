import "@/features/base/partnerWords";
import { useQueryClient } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { useRef, useState } from "react";
import { useCatalog } from "@/api/catalog";
import { api, ProblemError } from "@/api/client";
import { useSession } from "@/api/session";
import type { ObjectType, RecordData, Reference } from "@/api/types";
import ClashHint from "@/features/base/ClashHint";
import { useRecord } from "@/features/base/read";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import styles from "./Partners.module.css";

type Verb = "approve" | "reject" | "extend" | "win" | "reimburse";
const DONE = { approve: "partners.approved", reject: "partners.rejected", extend: "partners.extended", win: "partners.won", reimburse: "partners.reimbursed" } as const;
const ASKS = new Set<Verb>(["reject", "extend"]);

/** What may be done in which state; who may is asked of the server again. */
const REGISTRATION: Record<string, Verb[]> = { submitted: ["approve", "reject"], approved: ["win", "extend"] };
const EXPENSE: Record<string, Verb[]> = { submitted: ["approve", "reject"], approved: ["reimburse", "reject"] };

function useVerbs(type: ObjectType, record: RecordData | undefined): Verb[] {
  const catalog = useCatalog();
  const me = useSession().user.id;
  if (!record || !type.permissions.update) return [];
  const status = String(record["status"] ?? "");
  if (type.api_name === "deal_registration") {
    const keeps = catalog.object("partner")?.permissions.update === true;
    return (REGISTRATION[status] ?? []).filter((verb) => verb === "win" || keeps);
  }
  const own = (record["owner"] as Reference | null)?.id === me;
  const finance = catalog.object("allocation")?.permissions.create === true;
  return (EXPENSE[status] ?? []).filter((verb) => (verb === "reimburse" ? finance : !own));
}

/** Does one thing at a time; a double click does it once. */
function useAct(object: string, record: RecordData | undefined) {
  const { t } = useSpeech();
  const client = useQueryClient();
  const running = useRef(false);
  const [busy, setBusy] = useState(false);
  const act = async (verb: Verb, more: Record<string, unknown> = {}) => {
    if (running.current || !record) return false;
    running.current = true;
    setBusy(true);
    let done: boolean;
    try {
      await api.post(`/${object === "expense" ? "expenses" : "registrations"}/${record.id}/${verb}`, { version: record.version, ...more });
      toast(t(DONE[verb]));
      done = true;
    } catch (error) {
      complain(error, t);
      done = error instanceof ProblemError && error.code === "version_conflict";
    }
    await client.invalidateQueries({ queryKey: ["records", object] });
    running.current = false;
    setBusy(false);
    return done;
  };
  return { act, busy };
}

/** Above a registration or an expense: what may be decided about it, and whether the customer is free. */
export function DecisionBar({ type, id }: { type: ObjectType; id: string }) {
  const { t } = useSpeech();
  const record = useRecord(type.api_name, id).data;
  const verbs = useVerbs(type, record);
  const { act, busy } = useAct(type.api_name, record);
  const [asked, setAsked] = useState<Verb | null>(null);
  if (!record) return null;
  const waiting = type.api_name === "deal_registration" && record["status"] === "submitted";
  if (verbs.length === 0 && !waiting) return null;
  return (
    <div className={styles["bar"]} data-testid="decision-bar">
      <div className={styles["told"]}>{waiting && <ClashHint customer={String(record["customer"] ?? "")} creditCode={String(record["credit_code"] ?? "")} />}</div>
      {verbs.map((verb, place) => <Button key={verb} size="small" type={place === 0 ? "primary" : "default"} disabled={busy} onClick={() => (ASKS.has(verb) ? setAsked(verb) : void act(verb))}>{t(`partners.${verb}`)}</Button>)}
      {asked && <Asking verb={asked} busy={busy} onClose={() => setAsked(null)} onSend={(more) => void act(asked, more).then((done) => done && setAsked(null))} />}
    </div>
  );
}

/** Why, or for how long. */
function Asking({ verb, busy, onClose, onSend }: { verb: Verb; busy: boolean; onClose: () => void; onSend: (more: Record<string, unknown>) => void }) {
  const { t } = useSpeech();
  const [note, setNote] = useState("");
  const [days, setDays] = useState("");
  const send = () => onSend({ ...(note.trim() ? { note: note.trim() } : {}), ...(days ? { days: Number(days) } : {}) });
  return (
    <Panel title={t(`partners.${verb}`)} onClose={onClose} footer={<><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="primary" loading={busy} disabled={busy} onClick={send}>{t(`partners.${verb}`)}</Button></>}>
      {verb === "extend" && <FormRow label={t("partners.days")} help={t("partners.daysHelp")}>{({ id, describedBy }) => <Input id={id} aria-describedby={describedBy} inputMode="numeric" maxLength={3} value={days} onChange={(event) => setDays(event.target.value.replace(/\D/g, ""))} />}</FormRow>}
      <FormRow label={t("partners.note")}>{({ id }) => <Input.TextArea id={id} rows={3} maxLength={255} value={note} onChange={(event) => setNote(event.target.value)} />}</FormRow>
    </Panel>
  );
}
