import { Link, Outlet } from "@tanstack/react-router";
import { useIsAdministrator } from "@/api/session";
import { useSpeech } from "@/messages";
import { State } from "@/ui/State";
import styles from "./Settings.module.css";

/** Settings are the administrator's; others are told so instead of meeting refusals one by one. */
export function SettingsPage() {
  const { t } = useSpeech();
  if (!useIsAdministrator()) return <State drawing="denied" title={t("state.deniedTitle")} hint={t("state.deniedHint")} />;
  return (
    <div className={styles["page"]}>
      <nav className={styles["side"]} aria-label={t("settings.title")}>
        <h1>{t("settings.title")}</h1>
        <Link to="/settings/objects" className={styles["link"]} activeOptions={{ includeSearch: false }}>{t("settings.objects")}</Link>
        <Link to="/settings/people" className={styles["link"]}>{t("settings.people")}</Link>
        <Link to="/settings/changes" className={styles["link"]}>{t("settings.changes")}</Link>
      </nav>
      <div className={styles["body"]}><Outlet /></div>
    </div>
  );
}
