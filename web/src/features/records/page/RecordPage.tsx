import { Link, useNavigate } from "@tanstack/react-router";
import { ChevronRight, MoreHorizontal, ShieldCheck, Trash2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { ObjectType, RecordData } from "@/api/types";
import { useRecord } from "@/features/base/read";
import { useWrites } from "@/features/base/write";
import { useSpeech } from "@/messages";
import { useIsPhone } from "@/ui/hooks";
import { ObjectMark } from "@/ui/Mark";
import { IconButton } from "@/ui/IconButton";
import { Menu } from "@/ui/Menu";
import { ErrorState } from "@/ui/State";
import { Composer } from "./Composer";
import { FieldsSkeleton, RecordFields, SubTables } from "./RecordFields";
import { RecordIdentity } from "./RecordIdentity";
import styles from "./Record.module.css";
import { Related } from "./Related";
import { StagePath } from "./StagePath";
import { Timeline } from "./Timeline";

const AccessPanel = lazy(() => import("./access/AccessPanel").then((module) => ({ default: module.AccessPanel })));
const parts = ["timeline", "details", "related"] as const;

function Phone({ type, record }: { type: ObjectType; record: RecordData }) {
  const { t } = useSpeech();
  const [part, setPart] = useState<(typeof parts)[number]>("timeline");
  return (
    <>
      <div style={{ padding: "16px 16px 0" }}>
        <RecordIdentity type={type} record={record} />
        <StagePath type={type} record={record} />
      </div>
      <div className={styles["tabs"]} role="tablist" aria-label={t("record.parts")}>
        {parts.map((name) => (
          <button key={name} type="button" role="tab" aria-selected={part === name} className={styles["tab"]} onClick={() => setPart(name)}>{t(`record.${name}`)}</button>
        ))}
      </div>
      <div className={styles["phone"]} role="tabpanel">
        {part === "timeline" && <><Composer type={type} record={record} /><Timeline type={type} id={record.id} /></>}
        {part === "details" && <RecordFields type={type} record={record} />}
        {part === "related" && <Related type={type} record={record} />}
      </div>
    </>
  );
}

function Desk({ type, record }: { type: ObjectType; record: RecordData }) {
  const { t } = useSpeech();
  return (
    <div className={styles["columns"]}>
      <section className={styles["column"]} aria-label={t("record.details")}>
        <RecordIdentity type={type} record={record} />
        <StagePath type={type} record={record} />
        <RecordFields type={type} record={record} subTablesBeside />
      </section>
      <section className={styles["column"]} aria-label={t("record.timeline")}>
        <SubTables type={type} record={record} />
        <Composer type={type} record={record} />
        <Timeline type={type} id={record.id} />
      </section>
      <section className={styles["column"]} aria-label={t("record.related")}><Related type={type} record={record} /></section>
    </div>
  );
}

/** One record on one page: who it is, what happened, what belongs to it. */
export function RecordPage({ type, id }: { type: ObjectType; id: string }) {
  const { t, say } = useSpeech();
  const navigate = useNavigate();
  const isPhone = useIsPhone();
  const [access, setAccess] = useState(false);
  const writes = useWrites(type.api_name);
  const query = useRecord(type.api_name, id);
  const record = query.data;
  const toList = () => void navigate({ to: "/o/$object", params: { object: type.api_name } });
  const title = String(record?.[type.title_field] ?? "");
  return (
    <div className={styles["page"]}>
      <header className={styles["head"]}>
        <Link to="/o/$object" params={{ object: type.api_name }} className={styles["crumb"]}>
          <ObjectMark icon={type.icon} color={type.color} size={20} />{say(type.label_plural)}
        </Link>
        <ChevronRight size={13} color="var(--faint)" aria-hidden />
        <span style={{ flex: 1, minWidth: 0, overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" }}>{title}</span>
        {record && <IconButton label={t("why.open")} onClick={() => setAccess(true)}><ShieldCheck size={16} /></IconButton>}
        {record && type.permissions.delete && (
          <Menu entries={[{ key: "delete", danger: true, icon: <Trash2 size={14} />, label: t("record.delete", { label: say(type.label) }), onSelect: () => void writes.remove(record, t("record.deleted", { name: title })).then(toList, () => undefined) }]}>
            <IconButton label={t("record.actions")}><MoreHorizontal size={16} /></IconButton>
          </Menu>
        )}
      </header>
      {access && record && <Suspense fallback={null}><AccessPanel type={type} id={id} title={title} onClose={() => setAccess(false)} /></Suspense>}
      {query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <div className={styles["phone"]}><FieldsSkeleton /></div>}
      {record && (isPhone ? <Phone key={id} type={type} record={record} /> : <Desk key={id} type={type} record={record} />)}
    </div>
  );
}
