import { Navigate, useParams } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useCatalog } from "@/api/catalog";
import { useSettingsHome } from "@/api/session";
import type { ObjectType } from "@/api/types";
import { useWatch, useWatchObject } from "@/features/base/live";
import { isDecided, isMoneyRecord, keepsPools, quotes } from "@/features/base/rights";
import { BoardPage } from "@/features/records/board/BoardPage";
import { ListPage } from "@/features/records/list/ListPage";
import { RecordPage } from "@/features/records/page/RecordPage";
import { useSpeech } from "@/messages";
import { State } from "@/ui/State";
import styles from "./Above.module.css";
import { NotFound } from "./NotFound";
import { useTitle } from "./title";

const DocumentBar = lazy(() => import("@/features/quoting/DocumentBar").then((module) => ({ default: module.DocumentBar })));
const MoneyBar = lazy(() => import("@/features/receivables/MoneyBar").then((module) => ({ default: module.MoneyBar })));
const DecisionBar = lazy(() => import("@/features/partners/DecisionBar").then((module) => ({ default: module.DecisionBar })));
const PoolBar = lazy(() => import("@/features/pools/PoolBar").then((module) => ({ default: module.PoolBar })));

/** Resolves the object of the address, so that the pages themselves never meet an unknown one. */
export function useObject(): ObjectType | undefined {
  const { object } = useParams({ strict: false });
  const type = useCatalog().object(object ?? "");
  const { say } = useSpeech();
  useTitle(type ? say(type.label_plural) : "");
  return type;
}

export function ListRoute() {
  const type = useObject();
  useWatchObject(type?.api_name);
  return type ? <ListPage key={type.id} type={type} /> : <NotFound />;
}
export function BoardRoute() {
  const type = useObject();
  useWatchObject(type?.api_name);
  return type ? <BoardPage key={type.id} type={type} /> : <NotFound />;
}
export function RecordRoute() {
  const type = useObject();
  const catalog = useCatalog();
  const { id } = useParams({ strict: false });
  useWatch(type?.api_name ?? "", type && id);
  if (!type || !id) return <NotFound />;
  const above = (
    <Suspense fallback={null}>
      {keepsPools(type) && <PoolBar key={`pool ${id}`} type={type} id={id} />}
      <div className={styles["row"]}>
        {quotes(type, catalog) && <DocumentBar key={`document ${id}`} type={type} id={id} />}
        {isDecided(type) && <DecisionBar key={`decision ${id}`} type={type} id={id} />}
        {isMoneyRecord(type, catalog) && <MoneyBar key={`money ${id}`} type={type} id={id} />}
      </div>
    </Suspense>
  );
  return <RecordPage type={type} id={id} above={above} />;
}

/** The first page: today's list where people work with customers, else deals, else the first object; who has no data to see is led to what they manage, or told. */
export function HomeRoute() {
  const catalog = useCatalog();
  const { t } = useSpeech();
  const settings = useSettingsHome();
  if (catalog.object("activity") && catalog.navigation.length > 0) return <Navigate to="/today" replace />;
  const first = catalog.navigation.find((type) => type.layout.path && type.board_field && type.board_sum_field) ?? catalog.navigation[0];
  if (first) return <Navigate to={first.board_field ? "/o/$object/board" : "/o/$object"} params={{ object: first.api_name }} replace />;
  return settings ? <Navigate to={settings} replace /> : <State drawing="denied" title={t("state.nothingTitle")} hint={t("state.nothingHint")} />;
}
