import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { CheckCheck, FileDown, Settings2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useUnread } from "@/features/base/live";
import { useSpeech } from "@/messages";
import { IconButton } from "@/ui/IconButton";
import { Bone, ErrorState, State } from "@/ui/State";
import styles from "./Inbox.module.css";
import { InboxRow } from "./InboxRow";
import type { InboxState } from "./model";
import { useInbox, useInboxActions } from "./useInbox";

const Preferences = lazy(() => import("./Preferences").then((module) => ({ default: module.Preferences })));
const STATES: InboxState[] = ["unread", "all", "snoozed"];

/** What concerns one: read, put off, put away. */
export function InboxPage() {
  const { t } = useSpeech();
  const navigate = useNavigate();
  const { state: asked } = useSearch({ strict: false }) as { state?: string };
  const state = STATES.find((each) => each === asked) ?? "unread";
  const [setting, setSetting] = useState(false);
  const inbox = useInbox(state);
  const actions = useInboxActions();
  const unread = useUnread();
  const items = inbox.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className={styles["page"]}>
      <div className={styles["inner"]} data-testid="inbox">
        <header className={styles["head"]}>
          <h1 className={styles["title"]}>{t("nav.inbox")}</h1>
          <Button type="text" icon={<CheckCheck size={15} />} disabled={items.every((item) => item.read_at !== null)} onClick={() => void actions.read(null)}>{t("inbox.readAll")}</Button>
          <Link to="/exports" className={styles["exports"]} title={t("exports.title")} aria-label={t("exports.title")}><FileDown size={16} /></Link>
          <IconButton label={t("inbox.preferences")} onClick={() => setSetting(true)}><Settings2 size={16} /></IconButton>
        </header>
        <div className={styles["tabs"]} role="tablist" aria-label={t("inbox.states")}>
          {STATES.map((each) => (
            <button key={each} type="button" role="tab" aria-selected={state === each} className={styles["tab"]} onClick={() => void navigate({ to: "/inbox", search: each === "unread" ? {} : { state: each } })}>
              {t(`inbox.${each}`)}{each === "unread" && unread > 0 && ` ${unread > 99 ? "99+" : unread}`}
            </button>
          ))}
        </div>
        {inbox.isError && <ErrorState error={inbox.error} onRetry={() => void inbox.refetch()} />}
        {inbox.isPending && <div aria-busy>{[0, 1, 2, 3].map((row) => <div key={row} className={styles["item"]}><Bone width={20} height={20} /><Bone width={`${70 - row * 10}%`} /></div>)}</div>}
        {inbox.data && items.length === 0 && <State drawing="rows" title={t(state === "unread" ? "inbox.empty" : "inbox.emptyAll")} hint={t("inbox.emptyHint")} />}
        <ul>{items.map((item) => <InboxRow key={item.id} item={item} actions={actions} />)}</ul>
        {inbox.hasNextPage && <Button type="text" size="small" loading={inbox.isFetchingNextPage} onClick={() => void inbox.fetchNextPage()}>{t("action.loadMore")}</Button>}
      </div>
      {setting && <Suspense fallback={null}><Preferences onClose={() => setSetting(false)} /></Suspense>}
    </div>
  );
}
