import { Link, Navigate, Outlet, useLocation } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import type { Power } from "@/api/access";
import { CatalogContext } from "@/api/catalog";
import { useSession, useSettingsHome } from "@/api/session";
import { useSpeech } from "@/messages";
import { Bone, ErrorState, State } from "@/ui/State";
import { useDefinitions } from "./access/read";
import styles from "./Settings.module.css";

/** What there is to set, and the powers of which one opens it. */
const places = [
  { to: "/settings/objects", text: "settings.objects", powers: ["configure"] },
  { to: "/settings/people", text: "settings.people", powers: ["people"] },
  { to: "/settings/organisation", text: "settings.organisation", powers: ["people"] },
  { to: "/settings/roles", text: "settings.roles", powers: ["roles", "audit"] },
  { to: "/settings/sharing-rules", text: "settings.rules", powers: ["roles", "audit"] },
  { to: "/settings/holders", text: "settings.holders", powers: ["roles", "people", "audit"] },
  { to: "/settings/security", text: "security.title", powers: ["security"] },
  { to: "/settings/printing", text: "settings.printing", powers: ["configure"] },
  { to: "/settings/quoting", text: "settings.quoting", powers: ["configure"] },
  { to: "/settings/grading", text: "settings.grading", powers: ["configure"] },
  { to: "/settings/duplicates", text: "dup.rulesTitle", powers: ["configure"] },
  { to: "/settings/changes", text: "settings.changes", powers: ["configure"] },
  { to: "/settings/configuration", text: "settings.configuration", powers: ["configure"] },
  { to: "/settings/sandboxes", text: "settings.sandboxes", powers: ["configure"] },
  { to: "/settings/performance", text: "settings.performance", powers: ["configure"] },
  { to: "/settings/health", text: "settings.health", powers: ["configure"] },
  { to: "/settings/audit", text: "settings.audit", powers: ["audit"] },
] as const satisfies { to: string; text: string; powers: Power[] }[];

/** Settings are for whoever holds a power: each sees what they may set; others are told so instead of meeting refusals one by one. */
export function SettingsPage() {
  const { t } = useSpeech();
  const { user: { powers }, workspace } = useSession();
  const home = useSettingsHome();
  const definitions = useDefinitions();
  const nav = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // On a phone the list of places scrolls; where one is must be in sight.
  useEffect(() => {
    nav.current?.querySelector('[data-status="active"]')?.scrollIntoView({ inline: "center", block: "nearest" });
  }, [pathname]);
  if (!home) return <State drawing="denied" title={t("state.deniedTitle")} hint={t("state.deniedHint")} />;
  return (
    <div className={styles["page"]}>
      <nav ref={nav} className={styles["side"]} aria-label={t("settings.title")}>
        <h1>{t("settings.title")}</h1>
        {places.filter((place) => place.powers.some((power) => powers.includes(power)) && !(workspace.sandbox_of && place.to === "/settings/sandboxes")).map((place) => (
          <Link key={place.to} to={place.to} className={styles["link"]} activeOptions={{ includeSearch: false }}>{t(place.text)}</Link>
        ))}
      </nav>
      <div className={styles["body"]}>
        {Boolean(definitions.error) && <ErrorState error={definitions.error} onRetry={definitions.retry} />}
        {!definitions.catalog && !definitions.error && <Bone width="60%" />}
        {definitions.catalog && <CatalogContext value={definitions.catalog}><Outlet /></CatalogContext>}
      </div>
    </div>
  );
}

/** The settings without a place named: the first the person may open, unless they are on their way to another by now. */
export function SettingsHome() {
  const home = useSettingsHome();
  const { pathname } = useLocation();
  return home && /^\/settings\/?$/.test(pathname) ? <Navigate to={home} replace /> : null;
}
