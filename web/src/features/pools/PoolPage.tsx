import { Link, useParams, useSearch } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { lazy, Suspense } from "react";
import { usePower } from "@/api/session";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { Bone, ErrorState } from "@/ui/State";
import { CallQueue } from "./CallQueue";
import { DashboardPart } from "./DashboardPart";
import type { Pool } from "./model";
import { PoolRecords } from "./PoolRecords";
import styles from "./Pools.module.css";
import { RecyclePart } from "./RecyclePart";
import { RequestsPart } from "./RequestsPart";
import { usePool } from "./usePools";
import "./words";

const SettingsPart = lazy(() => import("./settings/SettingsPart"));
const TABS = ["records", "call", "dashboard", "recycle", "requests", "settings"] as const;
type Tab = (typeof TABS)[number];

/** What the reader may open: members take, managers look after. */
function tabsOf(pool: Pool, configures: boolean): Tab[] {
  const oversees = pool.manages || configures;
  return TABS.filter((tab) => {
    if (tab === "records") return pool.member;
    if (tab === "call") return pool.member && pool.applies_to === "lead";
    if (tab === "requests") return pool.member && (pool.approval || pool.recycle.length > 0);
    return tab === "dashboard" || oversees;
  });
}

function Part({ pool, tab }: { pool: Pool; tab: Tab }) {
  if (tab === "records") return <PoolRecords pool={pool} />;
  if (tab === "call") return <CallQueue pool={pool} />;
  if (tab === "dashboard") return <DashboardPart pool={pool} />;
  if (tab === "recycle") return <RecyclePart pool={pool} />;
  if (tab === "requests") return <RequestsPart pool={pool} />;
  return <Suspense fallback={<Bone width="60%" />}><SettingsPart key={pool.version} pool={pool} /></Suspense>;
}

export function PoolPage() {
  const { id } = useParams({ strict: false });
  const { tab: asked } = useSearch({ strict: false }) as { tab?: string };
  const { t } = useSpeech();
  const configures = usePower("configure");
  const query = usePool(id ?? "");
  const pool = query.data;
  const tabs = pool ? tabsOf(pool, configures) : [];
  const tab = tabs.find((each) => each === asked) ?? tabs[0];
  return (
    <div className={styles["page"]} data-testid="pool-page">
      <nav className={styles["crumbs"]}><Link to="/pools">{t("pools.back")}</Link><ChevronRight size={13} aria-hidden /></nav>
      {query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Bone width="60%" />}
      {pool && (
        <>
          <h1 className={styles["title"]}>{pool.name}</h1>
          <div className={styles["tabs"]} role="tablist" aria-label={t("pools.parts")}>
            {tabs.map((each) => <Link key={each} role="tab" aria-selected={tab === each} className={cx(styles["tab"])} to="/pools/$id" params={{ id: pool.id }} search={{ tab: each }} replace>{t(`pools.tab.${each}`)}</Link>)}
          </div>
          {tab && <Part key={`${pool.id}-${tab}`} pool={pool} tab={tab} />}
        </>
      )}
    </div>
  );
}
