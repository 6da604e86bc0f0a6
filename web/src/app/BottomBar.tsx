import { Link, useNavigate } from "@tanstack/react-router";
import { Ellipsis, Inbox, ListTodo, Settings } from "lucide-react";
import { useCatalog } from "@/api/catalog";
import { useSettingsHome } from "@/api/session";
import { useUnread } from "@/features/base/live";
import { places } from "@/features/base/places";
import { useSpeech } from "@/messages";
import { ObjectIcon } from "@/ui/icons";
import { Menu } from "@/ui/Menu";
import styles from "./Shell.module.css";

/** On the phone today and the first three objects lie under the thumb; the rest is one tap further. */
export function BottomBar() {
  const catalog = useCatalog();
  const navigate = useNavigate();
  const { t, say } = useSpeech();
  const settingsHome = useSettingsHome();
  const unread = useUnread();
  const all = catalog.navigation;
  const money = all.find((type) => type.board_sum_field);
  const first = [...all.filter((type) => type !== money).slice(0, money ? 2 : 3), ...(money ? [money] : [])];
  const rest = all.filter((type) => !first.includes(type));
  return (
    <nav className={styles["bottom"]} aria-label={t("nav.main")}>
      <Link to="/today" data-tour="today" className={styles["tab"]} activeOptions={{ includeSearch: false }}><ListTodo size={20} /><span>{t("nav.today")}</span></Link>
      {first.map((type) => (
        <Link key={type.id} to="/o/$object" params={{ object: type.api_name }} className={styles["tab"]} activeOptions={{ includeSearch: false }}>
          <ObjectIcon name={type.icon} size={20} /><span>{say(type.label_plural)}</span>
        </Link>
      ))}
      <Menu
        placement="topLeft"
        entries={[
          { key: "inbox", label: unread ? t("nav.inboxUnread", { n: unread }) : t("nav.inbox"), icon: <Inbox size={15} />, onSelect: () => void navigate({ to: "/inbox" }) },
          ...rest.map((type) => ({ key: type.id, label: say(type.label_plural), icon: <ObjectIcon name={type.icon} size={15} />, onSelect: () => void navigate({ to: "/o/$object", params: { object: type.api_name } }) })),
          { key: "rule", label: "", divider: true },
          ...places.filter((place) => place.shown(catalog)).map(({ label, to, icon: Icon }) => ({ key: to, label: t(label), icon: <Icon size={15} />, onSelect: () => void navigate({ to }) })),
          ...(settingsHome ? [{ key: "settings", label: t("nav.settings"), icon: <Settings size={15} />, onSelect: () => void navigate({ to: settingsHome }) }] : []),
        ]}
      >
        <button type="button" className={styles["tab"]}><span className={styles["badged"]} data-unread={unread > 0}><Ellipsis size={20} /></span><span>{t("nav.more")}</span></button>
      </Menu>
    </nav>
  );
}
