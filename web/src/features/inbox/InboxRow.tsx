import { Link } from "@tanstack/react-router";
import { Archive, AtSign, Box, Clock, FileDown, Mail, MailOpen, MessageSquare, Percent, Share2, SquareCheck, UserPlus, type LucideIcon } from "lucide-react";
import { useCatalog } from "@/api/catalog";
import { BASE } from "@/api/client";
import { later, type Later } from "@/features/base/later";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { formatDateTime } from "@/ui/format";
import { IconButton } from "@/ui/IconButton";
import { Menu } from "@/ui/Menu";
import styles from "./Inbox.module.css";
import type { InboxItem } from "./model";
import type { useInboxActions } from "./useInbox";

const icons: Record<string, LucideIcon> = { mention: AtSign, comment: MessageSquare, assigned: UserPlus, shared: Share2, task_due: SquareCheck, export_ready: FileDown, pool_given: UserPlus, recycle_soon: Clock, recycled: Box, pool_request: Box, pool_granted: Box, pool_refused: Box, response_late: Clock, plan_due: Clock, plan_late: Clock, renewal_due: Clock, release_asked: Percent, release_given: SquareCheck, release_refused: Percent };

type MoneyKind = "plan_due" | "plan_late" | "renewal_due";
const MONEY = new Set<string>(["plan_due", "plan_late", "renewal_due"] satisfies MoneyKind[]);
type ReleaseKind = "release_asked" | "release_given" | "release_refused";
const RELEASES = new Set<string>(["release_asked", "release_given", "release_refused"] satisfies ReleaseKind[]);
type PoolKind = "pool_given" | "recycle_soon" | "recycled" | "pool_request" | "pool_granted" | "pool_refused" | "response_late";
const POOLS = new Set<string>(["pool_given", "recycle_soon", "recycled", "pool_request", "pool_granted", "pool_refused", "response_late"] satisfies PoolKind[]);

/** What happened, as a sentence. */
function useSentence() {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  return (item: InboxItem): string => {
    const who = item.actor?.label ?? t("inbox.somebody");
    const record = item.record?.label ?? "";
    if (item.kind === "mention") return t("inbox.mention", { who, record });
    if (item.kind === "comment") return item.count > 1 ? t("inbox.comments", { record, n: item.count }) : t("inbox.comment", { who, record });
    if (item.kind === "assigned") return item.count > 1 ? t("inbox.assignedMany", { who, n: item.count, object: say(catalog.object(item.record?.object ?? "")?.label_plural) }) : t("inbox.assigned", { who, record });
    if (item.kind === "shared") return t("inbox.shared", { who, record });
    if (item.kind === "task_due") return t("inbox.task_due", { record });
    if (POOLS.has(item.kind)) return t(`inbox.${item.kind as PoolKind}`, { who, record, pool: item.params.pool ?? "", n: item.count, answer: item.params.answer ?? "" });
    if (RELEASES.has(item.kind)) return t(`inbox.${item.kind as ReleaseKind}`, { who, record });
    if (MONEY.has(item.kind)) return t(`inbox.${item.kind as MoneyKind}`, { record, n: item.count });
    if (item.kind === "export_ready") return t("inbox.export_ready", { name: item.params.name ?? "" });
    return item.label;
  };
}

function Face({ item, onOpen }: { item: InboxItem; onOpen: () => void }) {
  const { t, language } = useSpeech();
  const sentence = useSentence()(item);
  const inside = (
    <>
      <span className={styles["sentence"]}>{sentence}</span>
      {item.params.text && <span className={styles["text"]}>{item.params.text}</span>}
      <time className={styles["time"]} dateTime={item.at}>{formatDateTime(item.at, language)}</time>
    </>
  );
  if (item.params.export) return <a className={styles["face"]} href={`${BASE}/exports/${item.params.export}/content`} download onClick={onOpen}>{inside}<span className={styles["more"]}>{t("inbox.download")}</span></a>;
  if (!item.record && item.params.pool_id) return <Link className={styles["face"]} to="/pools/$id" params={{ id: item.params.pool_id }} search={item.kind === "pool_request" ? { tab: "requests" } : {}} onClick={onOpen}>{inside}</Link>;
  if (!item.record) return <span className={styles["face"]}>{inside}</span>;
  return <Link className={styles["face"]} to="/o/$object/$id" params={{ object: item.record.object, id: item.record.id }} onClick={onOpen}>{inside}</Link>;
}

/** One notification: opening it reads it. */
export function InboxRow({ item, actions }: { item: InboxItem; actions: ReturnType<typeof useInboxActions> }) {
  const { t } = useSpeech();
  const Icon = icons[item.kind] ?? Mail;
  const isUnread = item.read_at === null;
  const sleep = (choice: Later) => () => void actions.snooze(item.id, later(choice, new Date()));
  return (
    <li className={cx(styles["item"], isUnread && styles["unread"])} data-testid="inbox-item" data-kind={item.kind}>
      <span className={styles["icon"]}><Icon size={16} aria-hidden /></span>
      <Face item={item} onOpen={() => isUnread && void actions.read([item.id])} />
      <span className={styles["actions"]}>
        <IconButton small label={t(isUnread ? "inbox.markRead" : "inbox.markUnread")} onClick={() => void (isUnread ? actions.read([item.id]) : actions.unread(item.id))}>{isUnread ? <MailOpen size={14} /> : <Mail size={14} />}</IconButton>
        <Menu entries={[
          { key: "hours", label: t("today.snoozeHours"), onSelect: sleep("hours") },
          { key: "tomorrow", label: t("today.snoozeTomorrow"), onSelect: sleep("tomorrow") },
          { key: "week", label: t("today.snoozeWeek"), onSelect: sleep("week") },
        ]}>
          <IconButton small label={t("today.snooze")}><Clock size={14} /></IconButton>
        </Menu>
        <IconButton small label={t("inbox.archive")} onClick={() => void actions.archive(item.id)}><Archive size={14} /></IconButton>
      </span>
    </li>
  );
}
