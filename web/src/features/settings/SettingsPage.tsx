import { Link, Outlet } from "@tanstack/react-router";
import { usePower, useSettingsHome } from "@/api/session";
import { useSpeech } from "@/messages";
import { State } from "@/ui/State";
import styles from "./Settings.module.css";

/** Settings are for whoever holds a power: each sees what they may set; others are told so instead of meeting refusals one by one. */
export function SettingsPage() {
  const { t } = useSpeech();
  const audits = usePower("audit");
  const home = useSettingsHome();
  if (!home) return <State drawing="denied" title={t("state.deniedTitle")} hint={t("state.deniedHint")} />;
  return (
    <div className={styles["page"]}>
      <nav className={styles["side"]} aria-label={t("settings.title")}>
        <h1>{t("settings.title")}</h1>
        {home === "/settings/objects" && (
          <>
            <Link to="/settings/objects" className={styles["link"]} activeOptions={{ includeSearch: false }}>{t("settings.objects")}</Link>
            <Link to="/settings/people" className={styles["link"]}>{t("settings.people")}</Link>
            <Link to="/settings/changes" className={styles["link"]}>{t("settings.changes")}</Link>
          </>
        )}
        {audits && <Link to="/settings/audit" className={styles["link"]} activeOptions={{ includeSearch: false }}>{t("settings.audit")}</Link>}
      </nav>
      <div className={styles["body"]}><Outlet /></div>
    </div>
  );
}
