import { Link } from "@tanstack/react-router";
import { Inbox, ListTodo, PanelLeftClose, PanelLeftOpen, Settings } from "lucide-react";
import { useCatalog } from "@/api/catalog";
import { useSettingsHome, useSession } from "@/api/session";
import { useUnread } from "@/features/base/live";
import { places } from "@/features/base/places";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { Brand, ObjectIcon } from "@/ui/icons";
import { useStored } from "@/ui/hooks";
import styles from "./Shell.module.css";

/** The left rail: objects first, what is rarer below. */
export function Rail() {
  const catalog = useCatalog();
  const { workspace } = useSession();
  const settingsHome = useSettingsHome();
  const unread = useUnread();
  const { t, say } = useSpeech();
  const [open, setOpen] = useStored("banyan.rail", false);
  const toggle = t(open ? "nav.collapse" : "nav.expand");
  const shown = places.filter((place) => place.shown(catalog));
  const tip = (text: string) => (open ? undefined : text);
  return (
    <nav className={cx(styles["rail"], open && styles["open"])} aria-label={t("nav.main")}>
      <Link to="/" className={styles["home"]} title={workspace.name}><Brand size={24} />{open && workspace.name}</Link>
      <div className={styles["middle"]}>
        {catalog.object("activity") && <Link to="/today" data-tour="today" className={styles["link"]} title={tip(t("nav.today"))} aria-label={t("nav.today")} activeOptions={{ includeSearch: false }}><ListTodo size={18} strokeWidth={1.75} />{open && t("nav.today")}</Link>}
        <Link to="/inbox" data-tour="inbox" className={styles["link"]} title={tip(t("nav.inbox"))} aria-label={unread ? t("nav.inboxUnread", { n: unread }) : t("nav.inbox")} activeOptions={{ includeSearch: false }}><span className={styles["badged"]} data-unread={unread > 0}><Inbox size={18} strokeWidth={1.75} /></span>{open && t("nav.inbox")}</Link>
        <div className={styles["rule"]} />
        {catalog.navigation.map((type, index) => (
          <Link key={type.id} to="/o/$object" params={{ object: type.api_name }} data-tour={index === 0 ? "objects" : undefined} className={styles["link"]} title={tip(say(type.label_plural))} aria-label={say(type.label_plural)} activeOptions={{ includeSearch: false }}>
            <ObjectIcon name={type.icon} size={18} />{open && say(type.label_plural)}
          </Link>
        ))}
        {shown.length > 0 && <div className={styles["rule"]} />}
        {shown.map(({ label, to, icon: Icon }) => (
          <Link key={to} to={to} className={styles["link"]} title={tip(t(label))} aria-label={t(label)} activeOptions={{ includeSearch: false }}><Icon size={18} strokeWidth={1.75} />{open && t(label)}</Link>
        ))}
      </div>
      {settingsHome && <Link to={settingsHome} data-tour="settings" className={styles["link"]} title={tip(t("nav.settings"))} aria-label={t("nav.settings")}><Settings size={18} strokeWidth={1.75} />{open && t("nav.settings")}</Link>}
      <button type="button" className={styles["link"]} onClick={() => setOpen(!open)} aria-label={toggle} title={toggle} aria-expanded={open}>
        {open ? <PanelLeftClose size={18} strokeWidth={1.75} /> : <PanelLeftOpen size={18} strokeWidth={1.75} />}{open && toggle}
      </button>
    </nav>
  );
}
