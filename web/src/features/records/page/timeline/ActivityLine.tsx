import { Paperclip } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { ActivityItem } from "@/api/timeline";
import { mayEdit } from "@/features/base/rights";
import { heldOf } from "@/fields/file/files";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { formatDateTime } from "@/ui/format";
import { Bone } from "@/ui/State";
import { activityIcon } from "../activity";
import { Frame, ViaLink } from "./Frame";
import styles from "./Timeline.module.css";
import { useActivityWrites, useNewest } from "./useActivityWrites";
import type { Desk } from "./useTimeline";

const ActivityOpen = lazy(() => import("./ActivityOpen").then((module) => ({ default: module.ActivityOpen })));

/** What happened or is to be done: one line, and all of it once opened. */
export function ActivityLine({ item, desk, dated }: { item: ActivityItem; desk: Desk; dated?: boolean }) {
  const { t, language } = useSpeech();
  const catalog = useCatalog();
  const writes = useActivityWrites();
  const [open, setOpen] = useState(false);
  const record = useNewest(item.record);
  const Icon = activityIcon(record["kind"]);
  const type = catalog.object("activity");
  const doneField = catalog.field("activity", "done");
  const title = String(record["title"] ?? "");
  const due = typeof record["due_at"] === "string" ? record["due_at"] : null;
  const done = record["done"] === true;
  const isTask = record["kind"] === "task";
  const overdue = isTask && !done && due !== null && new Date(due) < new Date();
  const who = (record["owner"] as { label?: string } | null)?.label;
  const body = typeof record["body"] === "string" ? record["body"] : "";
  const files = heldOf(record["files"]).length;
  const toggle = () => void writes.patch(record, { done: !done }, { said: t("state.saved") }).catch(() => undefined);
  const icon = isTask && type && doneField ? (
    <input type="checkbox" checked={done} disabled={!mayEdit(type, doneField)} aria-label={t("timeline.done", { name: title })} onChange={toggle} />
  ) : <Icon size={13} aria-hidden />;
  return (
    <Frame item={item} desk={desk} dated={dated ?? false} icon={icon}>
      <button type="button" className={styles["line"]} aria-expanded={open} onClick={() => setOpen(!open)} title={title}>
        <span className={cx(done && isTask && styles["done"])}>{title}</span>
        {files > 0 && <span className={styles["quiet"]}> <Paperclip size={11} aria-hidden /> {files}</span>}
        {who && <span className={styles["quiet"]}> · {who}</span>}
        {isTask && due && !done && <span className={cx(styles["quiet"], overdue && styles["overdue"])}> · {t(overdue ? "timeline.overdue" : "timeline.due", { at: formatDateTime(due, language) })}</span>}
        {!open && body && <span className={styles["quiet"]}> — {body}</span>}
      </button>
      <ViaLink via={item.via} />
      {open && <Suspense fallback={<Bone width="60%" />}><ActivityOpen record={record} /></Suspense>}
    </Frame>
  );
}
