import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { api } from "@/api/client";
import type { ObjectType, RecordData } from "@/api/types";
import { useRecord } from "@/features/base/read";
import { readablePhone } from "@/fields/phone";
import { useSpeech } from "@/messages";
import { formatDateTime } from "@/ui/format";
import { toast } from "@/ui/toast";
import { AssignPanel } from "./AssignPanel";
import { daysUntil, phoneOf, type Bar } from "./model";
import { OwnersPanel } from "./OwnersPanel";
import styles from "./Pools.module.css";
import { ReasonPanel } from "./ReasonPanel";
import { usePoolActions } from "./usePools";
import "./words";

type Asking = "release" | "put" | "extend" | "owners" | "assign" | "transfer" | null;

/** What the record's line says of its way back. */
function Goes({ at }: { at: string }) {
  const { t, language } = useSpeech();
  const days = daysUntil(at);
  return <span data-testid="recycle-at">{t("pools.bar.goes", { at: formatDateTime(at, language), in: days ? t("pools.days", { n: days }) : t("pools.bar.today") })}</span>;
}

interface DialogsProps {
  bar: Bar;
  type: ObjectType;
  id: string;
  asking: Exclude<Asking, null>;
  onClose: () => void;
  onDone: (ok: unknown, text: string) => void;
}

/** What a move needs to know first: why, and to whom. */
function Dialogs({ bar, type, id, asking, onClose, onDone }: DialogsProps) {
  const { t } = useSpeech();
  const actions = usePoolActions(bar.pool ?? { id: "" }, type.api_name);
  if (asking === "release") return <ReasonPanel title={t("pools.bar.release")} needed pools={bar.pools} chosen={bar.pool?.id ?? bar.pools[0]?.id ?? null} onClose={onClose} onDone={(reason, to) => void actions.release(id, reason, to === bar.pool?.id ? null : to).then((ok) => onDone(ok, t("pools.bar.released")))} />;
  if (asking === "put") {
    const managed = bar.pools.filter((each) => each.manages);
    return <ReasonPanel title={t("pools.bar.put")} pools={managed} chosen={managed[0]?.id ?? null} onClose={onClose} onDone={(reason, to) => void (to && actions.put(id, to, reason).then((ok) => onDone(ok, t("pools.bar.putDone"))))} />;
  }
  if (asking === "extend") return <ReasonPanel title={t("pools.bar.extend")} onClose={onClose} onDone={(reason) => void actions.extend(id, reason).then((ok) => onDone(ok, t("pools.bar.asked")))} />;
  if (asking === "owners") return <OwnersPanel object={type.api_name} id={id} onClose={onClose} />;
  const give = (to: string) => (asking === "assign" ? actions.assign([id], to) : actions.transfer([id], to));
  return <AssignPanel title={t(asking === "assign" ? "pools.assign" : "pools.bar.transfer")} onClose={onClose} onPick={(to) => void give(to).then((ok) => onDone(ok, t("pools.assigned", { n: 1 })))} />;
}

/** What became a customer neither goes back nor needs more time. */
const possible = (bar: Bar, record: RecordData | undefined): Bar["can"] => (record?.["converted_at"] ? bar.can.filter((what) => what !== "release" && what !== "extend") : bar.can);

/** Above a lead or account: its pool, when it goes back, and what the reader may do about it. */
export function PoolBar({ type, id }: { type: ObjectType; id: string }) {
  const { t } = useSpeech();
  const [asking, setAsking] = useState<Asking>(null);
  const record = useRecord(type.api_name, id).data;
  const bar = useQuery({ queryKey: ["pools", "of", type.api_name, id, record?.version], queryFn: () => api.get<Bar>(`/pools/of/${type.api_name}/${id}`), retry: false }).data;
  const actions = usePoolActions(bar?.pool ?? { id: "" }, type.api_name);
  if (!bar || (!bar.pool && !(bar.can.includes("put") || (bar.mine && bar.pools.length > 0)))) return null;
  const close = () => setAsking(null);
  const done = (ok: unknown, text: string) => {
    if (!ok) return;
    toast(text);
    close();
  };
  const at = record?.["recycle_at"];
  const can = possible(bar, record);
  const button = (what: Bar["can"][number], label: string, run: () => void, primary = false) => can.includes(what) && <Button key={what} size="small" type={primary ? "primary" : "default"} onClick={run}>{label}</Button>;
  return (
    <div className={styles["bar"]} data-testid="pool-bar">
      {bar.pool && <Link to="/pools/$id" params={{ id: bar.pool.id }}>{t(bar.waiting ? "pools.bar.waiting" : "pools.bar.owned", { pool: bar.pool.name })}</Link>}
      {typeof at === "string" && !bar.waiting && <Goes at={at} />}
      {bar.mine && record && phoneOf(record) && <a href={`tel:${phoneOf(record)}`}>{t("pools.call", { phone: readablePhone(phoneOf(record)) })}</a>}
      {bar.locked && <span>{t("pools.bar.locked")}</span>}
      <span className={styles["spring"]} />
      {button("claim", t("pools.claim"), () => void actions.claim([{ id, version: 0 }], () => String(record?.[type.title_field] ?? "")), true)}
      {button("accept", t("pools.bar.accept"), () => void actions.accept(id).then((ok) => done(ok, t("pools.bar.accepted"))), true)}
      {button("put", t("pools.bar.put"), () => setAsking("put"))}
      {button("assign", t("pools.assign"), () => setAsking("assign"))}
      {button("transfer", t("pools.bar.transfer"), () => setAsking("transfer"))}
      {button("lock", t("pools.lock"), () => void actions.lock([id], true).then((ok) => done(ok, t("pools.locked"))))}
      {button("unlock", t("pools.unlock"), () => void actions.lock([id], false).then((ok) => done(ok, t("pools.unlocked"))))}
      {bar.pool && button("extend", t("pools.bar.extend"), () => setAsking("extend"))}
      {(bar.pool ?? bar.pools[0]) && button("release", t("pools.bar.release"), () => setAsking("release"))}
      {record && <Button size="small" type="text" onClick={() => setAsking("owners")}>{t("pools.bar.owners")}</Button>}
      {asking && <Dialogs bar={bar} type={type} id={id} asking={asking} onClose={close} onDone={done} />}
    </div>
  );
}
