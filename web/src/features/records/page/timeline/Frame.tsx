import { Link } from "@tanstack/react-router";
import { Pin, PinOff } from "lucide-react";
import type { ReactNode } from "react";
import type { TimelineItem, Via } from "@/api/timeline";
import { useSpeech } from "@/messages";
import { formatDate, formatTime, localDay } from "@/ui/format";
import { IconButton } from "@/ui/IconButton";
import styles from "./Timeline.module.css";
import type { Desk } from "./useTimeline";

export function ViaLink({ via }: { via: Via | null }) {
  const { t } = useSpeech();
  if (!via) return null;
  return (
    <Link to="/o/$object/$id" params={{ object: via.object, id: via.id }} className={styles["via"]} onClick={(event) => event.stopPropagation()}>
      {t("timeline.via", { name: via.label ?? t("record.untitled") })}
    </Link>
  );
}

interface Props {
  item: TimelineItem;
  icon: ReactNode;
  desk: Desk;
  /** Pinned items stand apart from their day and say it. */
  dated?: boolean;
  children: ReactNode;
}

/** One item: its sign, what it says, when it was, and a pin where that may be set. */
export function Frame({ item, icon, desk, dated, children }: Props) {
  const { t, language } = useSpeech();
  const pinned = desk.pinned.has(item.key);
  const mayPin = desk.mayPin && (item.kind === "activity" || item.kind === "comment");
  return (
    <li className={styles["item"]} data-kind={item.kind} data-testid="timeline-item">
      <span className={styles["icon"]}>{icon}</span>
      <div className={styles["what"]}>{children}</div>
      {mayPin ? (
        <IconButton small className={styles["pin"]} label={t(pinned ? "timeline.unpin" : "timeline.pin")} aria-pressed={pinned} onClick={() => desk.pin(item.key, !pinned)}>
          {pinned ? <PinOff size={13} /> : <Pin size={13} />}
        </IconButton>
      ) : <span />}
      <time className={styles["time"]} dateTime={item.at}>{dated ? formatDate(localDay(item.at), language) : formatTime(item.at, language)}</time>
    </li>
  );
}
