import { Link, useSearch } from "@tanstack/react-router";
import { useSpeech } from "@/messages";
import settings from "../Settings.module.css";
import { Alarms } from "./Alarms";
import styles from "./Audit.module.css";
import { Entries } from "./Entries";
import { Limits } from "./Limits";
import { SealState } from "./SealState";

const parts = { entries: Entries, alarms: Alarms, seals: SealState, limits: Limits };
const names = Object.keys(parts) as (keyof typeof parts)[];

/** The auditor's desk: what happened, what was unusual, and the proof that nothing was rewritten. */
export function AuditPage() {
  const { t } = useSpeech();
  const { tab } = useSearch({ from: "/shell/settings/audit" });
  const current = names.find((name) => name === tab) ?? "entries";
  const Part = parts[current];
  return (
    <>
      <header className={settings["head"]}><div><h2 className={settings["title"]}>{t("settings.audit")}</h2><p className={settings["hint"]}>{t("audit.hint")}</p></div></header>
      <nav className={styles["tabs"]} aria-label={t("audit.tabs")}>
        {names.map((name) => (
          <Link key={name} to="/settings/audit" search={name === "entries" ? {} : { tab: name }} activeOptions={{ exact: true, includeSearch: true }} className={styles["tab"]} aria-current={name === current ? "page" : undefined}>
            {t(`audit.tab.${name}`)}
          </Link>
        ))}
      </nav>
      <Part />
    </>
  );
}
