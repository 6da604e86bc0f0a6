import { Link, useSearch } from "@tanstack/react-router";
import { useSpeech } from "@/messages";
import roles from "../roles/Roles.module.css";
import settings from "../Settings.module.css";
import { Departments } from "./Departments";
import { Groups } from "./Groups";
import { Handovers } from "./Handovers";
import { Positions } from "./Positions";

const parts = { departments: Departments, positions: Positions, groups: Groups, handovers: Handovers };
const names = Object.keys(parts) as (keyof typeof parts)[];

/** Departments with their people, positions, groups, and who took over from whom. */
export function OrganisationPage() {
  const { t } = useSpeech();
  const { tab } = useSearch({ from: "/shell/settings/organisation" });
  const current = names.find((name) => name === tab) ?? "departments";
  const Part = parts[current];
  return (
    <>
      <header className={settings["head"]}><div><h2 className={settings["title"]}>{t("settings.organisation")}</h2><p className={settings["hint"]}>{t("org.hint")}</p></div></header>
      <nav className={roles["tabs"]} aria-label={t("org.parts")}>
        {names.map((name) => (
          <Link key={name} to="/settings/organisation" search={name === "departments" ? {} : { tab: name }} activeOptions={{ exact: true, includeSearch: true }} className={roles["tab"]} aria-current={name === current ? "page" : undefined}>{t(`org.tab.${name}`)}</Link>
        ))}
      </nav>
      <Part />
    </>
  );
}
