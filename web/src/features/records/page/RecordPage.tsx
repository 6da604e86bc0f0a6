import { Link, useNavigate } from "@tanstack/react-router";
import { ChevronRight, Merge, MoreHorizontal, ShieldCheck, Trash2 } from "lucide-react";
import { lazy, Suspense, useState, type ReactNode } from "react";
import { ProblemError } from "@/api/client";
import type { ObjectType } from "@/api/types";
import { useRecord } from "@/features/base/read";
import { useOpened } from "@/features/base/recents";
import { isNumbered } from "@/features/base/rights";
import { useWrites } from "@/features/base/write";
import { useSpeech } from "@/messages";
import { useIsPhone } from "@/ui/hooks";
import { ObjectMark } from "@/ui/Mark";
import { IconButton } from "@/ui/IconButton";
import { Menu } from "@/ui/Menu";
import { ErrorState } from "@/ui/State";
import { Gone } from "./Gone";
import { Desk, Phone } from "./Layouts";
import { Presence } from "./overview/Presence";
import { FieldsSkeleton } from "./RecordFields";
import styles from "./Record.module.css";
import { useTimelineAhead } from "./timeline/useTimeline";

const AccessPanel = lazy(() => import("./access/AccessPanel").then((module) => ({ default: module.AccessPanel })));
const PrintMenu = lazy(() => import("@/features/base/PrintMenu").then((module) => ({ default: module.PrintMenu })));
const isGone = (error: unknown) => error instanceof ProblemError && [403, 404, 410].includes(error.status);

/** One record on one page: who it is, what happened, what belongs to it. */
export function RecordPage({ type, id, above }: { type: ObjectType; id: string; above?: ReactNode }) {
  const { t, say } = useSpeech();
  const navigate = useNavigate();
  const isPhone = useIsPhone();
  const [access, setAccess] = useState(false);
  const writes = useWrites(type.api_name);
  const query = useRecord(type.api_name, id);
  useTimelineAhead(type.api_name, id);
  // What was open and is not to be had any more; a network that comes and goes takes nothing from the page.
  const gone = query.data !== undefined && query.isError && isGone(query.error);
  const merged = query.error instanceof ProblemError ? query.error.mergedInto : undefined;
  const record = gone ? undefined : query.data;
  const toList = () => void navigate({ to: "/o/$object", params: { object: type.api_name } });
  useOpened(type.api_name, id, record !== undefined);
  const title = String(record?.[type.title_field] ?? "");
  return (
    <div className={styles["page"]}>
      <header className={styles["head"]}>
        <Link to="/o/$object" params={{ object: type.api_name }} className={styles["crumb"]}>
          <ObjectMark icon={type.icon} color={type.color} size={20} />{say(type.label_plural)}
        </Link>
        <ChevronRight size={13} color="var(--faint)" aria-hidden />
        <span style={{ flex: 1, minWidth: 0, overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" }}>{title}</span>
        {record && <Presence object={type.api_name} id={id} />}
        {record && isNumbered(type) && <Suspense fallback={null}><PrintMenu object={type.api_name} id={id} /></Suspense>}
        {record && <IconButton label={t("why.open")} onClick={() => setAccess(true)}><ShieldCheck size={16} /></IconButton>}
        {record && type.permissions.delete && (
          <Menu entries={[...(type.permissions.update ? [{ key: "merge", icon: <Merge size={14} />, label: t("dup.merge"), onSelect: () => void navigate({ to: "/duplicates/merge", search: { object: type.api_name, ids: id } }) }] : []), { key: "delete", danger: true, icon: <Trash2 size={14} />, label: t("record.delete", { label: say(type.label) }), onSelect: () => void writes.remove(record, t("record.deleted", { name: title })).then(toList, () => undefined) }]}>
            <IconButton label={t("record.actions")}><MoreHorizontal size={16} /></IconButton>
          </Menu>
        )}
      </header>
      {access && record && <Suspense fallback={null}><AccessPanel type={type} id={id} title={title} onClose={() => setAccess(false)} /></Suspense>}
      {above}
      {(gone || merged) && <Gone type={type} id={id} into={merged} />}
      {query.isError && !query.data && !merged && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <div className={styles["phone"]}><FieldsSkeleton /></div>}
      {record && (isPhone ? <Phone key={id} type={type} record={record} /> : <Desk key={id} type={type} record={record} />)}
    </div>
  );
}
