import { Link } from "@tanstack/react-router";
import { Button, Input } from "antd";
import { Phone } from "lucide-react";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { RecordData } from "@/api/types";
import { useRecordList } from "@/features/base/read";
import { readablePhone } from "@/fields/phone";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { Bone, ErrorState, State } from "@/ui/State";
import { toast } from "@/ui/toast";
import { phoneOf, type Pool } from "./model";
import styles from "./Pools.module.css";
import { usePoolActions } from "./usePools";

const SHOWN = ["company", "title", "city", "industry", "source", "note"];

function Face({ pool, record }: { pool: Pool; record: RecordData }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const phone = phoneOf(record);
  return (
    <>
      <Link to="/o/$object/$id" params={{ object: pool.applies_to, id: record.id }}><strong data-testid="call-name">{String(record["name"] ?? "")}</strong></Link>
      <span className={styles["meta"]}>
        {SHOWN.map((name) => {
          const field = catalog.field(pool.applies_to, name);
          const value = record[name];
          if (!field || value === null || value === undefined) return null;
          const { Cell } = fieldUi(field);
          return <span key={name}><i>{say(field.label)}</i> <Cell value={value} field={field} /></span>;
        })}
      </span>
      {phone ? <a className={styles["phone"]} href={`tel:${phone}`} data-testid="call-phone"><Phone size={18} aria-hidden /> {t("pools.call", { phone: readablePhone(phone) })}</a> : <p className={styles["hint"]}>{t("pools.noPhone")}</p>}
    </>
  );
}

/** The records one holds and has not contacted yet, one after the other: call, write down, next. */
export function CallQueue({ pool }: { pool: Pool }) {
  const { t } = useSpeech();
  const [skipped, setSkipped] = useState<string[]>([]);
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const actions = usePoolActions(pool, pool.applies_to);
  const where = { and: [{ field: "owner", op: "eq", value: "me" }, { field: "pool", op: "eq", value: pool.id }, { field: "first_contacted_at", op: "is_empty" }] };
  const list = useRecordList(pool.applies_to, { where, sort: [{ field: "claimed_at", direction: "asc" }], limit: 50 });
  const all = list.data?.pages.flatMap((page) => page.records) ?? [];
  const waiting = all.filter((record) => !skipped.includes(record.id));
  const record = waiting[0];
  const log = async () => {
    if (!record) return;
    setBusy(true);
    const title = t("pools.callTitle", { name: String(record["name"] ?? "") });
    const done = await actions.log({ title, kind: "call", happened_at: new Date().toISOString(), [pool.applies_to]: record.id, ...(note.trim() ? { body: note.trim() } : {}) });
    setBusy(false);
    if (!done) return;
    setNote("");
    setSkipped((old) => [...old, record.id]);
    toast(t("pools.callLogged"));
  };
  if (list.isError) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (list.isPending) return <Bone width="60%" />;
  if (!record) return <State drawing="rows" title={t("pools.callNone")} hint={t("pools.callNoneHint")} />;
  return (
    <div className={styles["call"]} data-testid="call-queue">
      <span className={styles["hint"]}>{t("pools.callOf", { n: all.length - waiting.length + 1, of: all.length })}</span>
      <Face pool={pool} record={record} />
      <Input.TextArea aria-label={t("pools.callNote")} placeholder={t("pools.callNote")} rows={3} value={note} onChange={(event) => setNote(event.target.value)} />
      <span className={styles["actions"]}>
        <Button onClick={() => setSkipped((old) => [...old, record.id])}>{t("pools.callSkip")}</Button>
        <Button type="primary" loading={busy} onClick={() => void log()}>{t("pools.callLog")}</Button>
      </span>
    </div>
  );
}
