import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from "@tanstack/react-router";
import { parseListSearch } from "@/features/base/search";
import { ErrorState } from "@/ui/State";
import { NotFound } from "./NotFound";
import { Shell } from "./Shell";

const text = (value: unknown) => (typeof value === "string" || typeof value === "number" ? String(value) : undefined);
const keep = <K extends string>(raw: Record<string, unknown>, ...names: K[]): Partial<Record<K, string>> =>
  Object.fromEntries(names.flatMap((name) => (text(raw[name]) === undefined ? [] : [[name, text(raw[name])]]))) as Partial<Record<K, string>>;

/** A fault stays inside of its page, so that the frame around it still leads elsewhere; a new load also fetches new chunks. */
function Fault({ error }: { error: unknown }) {
  return <ErrorState error={error} onRetry={() => window.location.reload()} />;
}

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound, errorComponent: Fault });

const signIn = createRoute({ getParentRoute: () => root, path: "/sign-in", component: lazyRouteComponent(() => import("@/features/session/SignInPage"), "SignInPage"), validateSearch: (raw: Record<string, unknown>) => keep(raw, "next") });
const callback = createRoute({ getParentRoute: () => root, path: "/sign-in/callback", component: lazyRouteComponent(() => import("@/features/session/CallbackPage"), "CallbackPage"), validateSearch: (raw: Record<string, unknown>) => keep(raw, "code", "state", "error") });
const forgot = createRoute({ getParentRoute: () => root, path: "/forgot-password", component: lazyRouteComponent(() => import("@/features/session/ForgotPage"), "ForgotPage") });
const setup = createRoute({ getParentRoute: () => root, path: "/setup", component: lazyRouteComponent(() => import("@/features/session/SetupPage"), "SetupPage"), validateSearch: (raw: Record<string, unknown>) => keep(raw, "token") });
const setPassword = createRoute({ getParentRoute: () => root, path: "/set-password", component: lazyRouteComponent(() => import("@/features/session/SetPasswordPage"), "SetPasswordPage"), validateSearch: (raw: Record<string, unknown>) => keep(raw, "token") });

const see = createRoute({ getParentRoute: () => root, path: "/see", component: lazyRouteComponent(() => import("@/features/seeing/SeePage"), "SeePage"), validateSearch: (raw: Record<string, unknown>) => keep(raw, "over") });

const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });
const home = createRoute({ getParentRoute: () => shell, path: "/", component: lazyRouteComponent(() => import("./pages"), "HomeRoute") });
const list = createRoute({ getParentRoute: () => shell, path: "/o/$object", component: lazyRouteComponent(() => import("./pages"), "ListRoute"), validateSearch: parseListSearch });
const board = createRoute({ getParentRoute: () => shell, path: "/o/$object/board", component: lazyRouteComponent(() => import("./pages"), "BoardRoute"), validateSearch: parseListSearch });
const calendar = createRoute({ getParentRoute: () => shell, path: "/o/$object/calendar", component: lazyRouteComponent(() => import("./viewPages"), "CalendarRoute"), validateSearch: parseListSearch });
const gallery = createRoute({ getParentRoute: () => shell, path: "/o/$object/gallery", component: lazyRouteComponent(() => import("./viewPages"), "GalleryRoute"), validateSearch: parseListSearch });
const timeline = createRoute({ getParentRoute: () => shell, path: "/o/$object/timeline", component: lazyRouteComponent(() => import("./viewPages"), "TimelineRoute"), validateSearch: parseListSearch });
const split = createRoute({ getParentRoute: () => shell, path: "/o/$object/split", component: lazyRouteComponent(() => import("./viewPages"), "SplitRoute"), validateSearch: parseListSearch });
const record = createRoute({ getParentRoute: () => shell, path: "/o/$object/$id", component: lazyRouteComponent(() => import("./pages"), "RecordRoute") });
const today = createRoute({ getParentRoute: () => shell, path: "/today", component: lazyRouteComponent(() => import("./workPages"), "TodayRoute"), validateSearch: (raw: Record<string, unknown>) => keep(raw, "team", "person") });
const inbox = createRoute({ getParentRoute: () => shell, path: "/inbox", component: lazyRouteComponent(() => import("./workPages"), "InboxRoute"), validateSearch: (raw: Record<string, unknown>) => keep(raw, "state") });
const exports = createRoute({ getParentRoute: () => shell, path: "/exports", component: lazyRouteComponent(() => import("./workPages"), "ExportsRoute") });
const components = createRoute({ getParentRoute: () => shell, path: "/components", component: lazyRouteComponent(() => import("@/features/components/ComponentsPage"), "ComponentsPage") });
const imports = createRoute({ getParentRoute: () => shell, path: "/import", component: lazyRouteComponent(() => import("@/features/imports/ImportPage"), "ImportPage"), validateSearch: (raw: Record<string, unknown>) => keep(raw, "object", "id") });
const funnelHome = createRoute({ getParentRoute: () => shell, path: "/funnel", component: lazyRouteComponent(() => import("@/features/funnel/FunnelPage"), "FunnelHome") });
const funnel = createRoute({ getParentRoute: () => shell, path: "/funnel/$object", component: lazyRouteComponent(() => import("@/features/funnel/FunnelPage"), "FunnelPage"), validateSearch: (raw: Record<string, unknown>) => keep(raw, "owner", "period", "date") });
const forecast = createRoute({ getParentRoute: () => shell, path: "/forecast", component: lazyRouteComponent(() => import("@/features/forecast/ForecastPage"), "ForecastPage"), validateSearch: (raw: Record<string, unknown>) => keep(raw, "period", "tab", "currency", "from", "to", "person", "category") });
const targets = createRoute({ getParentRoute: () => shell, path: "/targets", component: lazyRouteComponent(() => import("@/features/forecast/TargetsPage"), "TargetsPage"), validateSearch: (raw: Record<string, unknown>) => keep(raw, "period", "measure") });
const mine = createRoute({ getParentRoute: () => shell, path: "/mine", component: lazyRouteComponent(() => import("@/features/forecast/MinePage"), "MinePage"), validateSearch: (raw: Record<string, unknown>) => keep(raw, "period") });
const completeness = createRoute({ getParentRoute: () => shell, path: "/completeness", component: lazyRouteComponent(() => import("@/features/grading/CompletenessPage"), "CompletenessPage"), validateSearch: (raw: Record<string, unknown>) => keep(raw, "object", "by") });
const grading = createRoute({ getParentRoute: () => settings, path: "/grading", component: lazyRouteComponent(() => import("@/features/grading/GradingPage"), "GradingPage"), validateSearch: (raw: Record<string, unknown>) => keep(raw, "object") });
const pools = createRoute({ getParentRoute: () => shell, path: "/pools", component: lazyRouteComponent(() => import("@/features/pools/PoolsPage"), "PoolsPage") });
const pool = createRoute({ getParentRoute: () => shell, path: "/pools/$id", component: lazyRouteComponent(() => import("@/features/pools/PoolPage"), "PoolPage"), validateSearch: (raw: Record<string, unknown>) => keep(raw, "tab") });
const receivables = createRoute({ getParentRoute: () => shell, path: "/receivables", component: lazyRouteComponent(() => import("@/features/receivables/ReceivablesPage"), "ReceivablesPage") });
const statement = createRoute({ getParentRoute: () => shell, path: "/receivables/statement/$account", component: lazyRouteComponent(() => import("@/features/receivables/StatementPage"), "StatementPage"), validateSearch: (raw: Record<string, unknown>) => keep(raw, "from", "to", "currency") });
const stuck = createRoute({ getParentRoute: () => shell, path: "/stuck", component: lazyRouteComponent(() => import("@/features/funnel/StuckPage"), "StuckPage"), validateSearch: (raw: Record<string, unknown>) => keep(raw, "owner", "pipeline", "why") });
const duplicatesCheck = createRoute({ getParentRoute: () => shell, path: "/duplicates/check", component: lazyRouteComponent(() => import("@/features/duplicates/CheckPage"), "CheckPage") });
const duplicatesReview = createRoute({ getParentRoute: () => shell, path: "/duplicates/review", component: lazyRouteComponent(() => import("@/features/duplicates/ReviewPage"), "ReviewPage"), validateSearch: (raw: Record<string, unknown>) => keep(raw, "object") });
const duplicatesMerges = createRoute({ getParentRoute: () => shell, path: "/duplicates/merges", component: lazyRouteComponent(() => import("@/features/duplicates/MergesPage"), "MergesPage") });
const duplicatesMerge = createRoute({ getParentRoute: () => shell, path: "/duplicates/merge", component: lazyRouteComponent(() => import("@/features/duplicates/MergePage"), "MergePage"), validateSearch: (raw: Record<string, unknown>) => keep(raw, "object", "ids") });
const quote = createRoute({ getParentRoute: () => shell, path: "/quotes/$id", component: lazyRouteComponent(() => import("@/features/quoting/DocumentPage"), "DocumentPage") });
const document = createRoute({ getParentRoute: () => shell, path: "/documents/$object/$id", component: lazyRouteComponent(() => import("@/features/quoting/DocumentPage"), "DocumentPage") });
const printing = createRoute({ getParentRoute: () => settings, path: "/printing", component: lazyRouteComponent(() => import("@/features/printing/PrintingPage"), "PrintingPage") });
const printTemplate = createRoute({ getParentRoute: () => settings, path: "/printing/$id", component: lazyRouteComponent(() => import("@/features/printing/TemplatePage"), "TemplatePage"), validateSearch: (raw: Record<string, unknown>) => keep(raw, "object", "language") });
const quoting = createRoute({ getParentRoute: () => settings, path: "/quoting", component: lazyRouteComponent(() => import("@/features/quoting/SettingsPage"), "QuotingSettings") });
const account = createRoute({ getParentRoute: () => shell, path: "/account", component: lazyRouteComponent(() => import("@/features/account/AccountPage"), "AccountPage") });
const settings = createRoute({ getParentRoute: () => shell, path: "/settings", component: lazyRouteComponent(() => import("@/features/settings/SettingsPage"), "SettingsPage") });
const settingsHome = createRoute({ getParentRoute: () => settings, path: "/", component: lazyRouteComponent(() => import("@/features/settings/SettingsPage"), "SettingsHome") });
const duplicateRules = createRoute({ getParentRoute: () => settings, path: "/duplicates", component: lazyRouteComponent(() => import("@/features/duplicates/RulesPage"), "RulesPage") });
const people = createRoute({ getParentRoute: () => settings, path: "/people", component: lazyRouteComponent(() => import("@/features/settings/PeoplePage"), "PeoplePage") });
const build = createRoute({ getParentRoute: () => settings, id: "build", component: lazyRouteComponent(() => import("@/features/build/draft/Frame"), "BuildFrame") });
const objects = createRoute({ getParentRoute: () => build, path: "/objects", component: lazyRouteComponent(() => import("@/features/build/objects/ObjectsPage"), "ObjectsPage") });
const object = createRoute({ getParentRoute: () => build, path: "/objects/$object", component: lazyRouteComponent(() => import("@/features/build/objects/ObjectPage"), "ObjectPage"), validateSearch: (raw: Record<string, unknown>) => keep(raw, "tab") });
const configuration = createRoute({ getParentRoute: () => build, path: "/configuration", component: lazyRouteComponent(() => import("@/features/build/configuration/ConfigurationPage"), "ConfigurationPage") });
const sandboxes = createRoute({ getParentRoute: () => build, path: "/sandboxes", component: lazyRouteComponent(() => import("@/features/build/sandboxes/SandboxesPage"), "SandboxesPage") });
const performancePage = createRoute({ getParentRoute: () => settings, path: "/performance", component: lazyRouteComponent(() => import("@/features/settings/performance/PerformancePage"), "PerformancePage") });
const health = createRoute({ getParentRoute: () => settings, path: "/health", component: lazyRouteComponent(() => import("@/features/settings/health/HealthPage"), "HealthPage") });
const audit = createRoute({ getParentRoute: () => settings, path: "/audit", component: lazyRouteComponent(() => import("@/features/settings/audit/AuditPage"), "AuditPage"), validateSearch: (raw: Record<string, unknown>) => keep(raw, "tab", "entry", "since", "until", "actor", "action", "object", "record", "outcome", "text") });
const security = createRoute({ getParentRoute: () => settings, path: "/security", component: lazyRouteComponent(() => import("@/features/settings/security/SecurityPage"), "SecurityPage") });
const organisation = createRoute({ getParentRoute: () => settings, path: "/organisation", component: lazyRouteComponent(() => import("@/features/settings/organisation/OrganisationPage"), "OrganisationPage"), validateSearch: (raw: Record<string, unknown>) => keep(raw, "tab") });
const roles = createRoute({ getParentRoute: () => settings, path: "/roles", component: lazyRouteComponent(() => import("@/features/settings/roles/RolesPage"), "RolesPage") });
const role = createRoute({ getParentRoute: () => settings, path: "/roles/$role", component: lazyRouteComponent(() => import("@/features/settings/roles/RolePage"), "RolePage"), validateSearch: (raw: Record<string, unknown>) => keep(raw, "tab") });
const rules = createRoute({ getParentRoute: () => settings, path: "/sharing-rules", component: lazyRouteComponent(() => import("@/features/settings/sharing/RulesPage"), "RulesPage") });
const holders = createRoute({ getParentRoute: () => settings, path: "/holders", component: lazyRouteComponent(() => import("@/features/settings/access/HoldersPage"), "HoldersPage") });
const changes = createRoute({ getParentRoute: () => build, path: "/changes", component: lazyRouteComponent(() => import("@/features/build/history/HistoryPage"), "HistoryPage") });

const tree = root.addChildren([signIn, callback, forgot, setup, setPassword, see, shell.addChildren([home, today, inbox, exports, components, list, board, calendar, timeline, gallery, split, record, imports, funnelHome, funnel, duplicatesCheck, duplicatesReview, duplicatesMerges, duplicatesMerge, stuck, receivables, statement, pools, pool, forecast, targets, mine, completeness, quote, document, account, settings.addChildren([printing, printTemplate, quoting, settingsHome, duplicateRules, people, security, build.addChildren([objects, object, changes, configuration, sandboxes]), organisation, roles, role, rules, holders, grading, performancePage, health, audit])])]);

export const router = createRouter({ routeTree: tree, defaultPreload: false, scrollRestoration: true, defaultErrorComponent: Fault });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
