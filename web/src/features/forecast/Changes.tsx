import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { lazy, Suspense, useMemo, useState } from "react";
import { api } from "@/api/client";
import { usePower } from "@/api/session";
import { usePreferences } from "@/features/base/preferences";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { formatDateTime } from "@/ui/format";
import { complain } from "@/ui/says";
import { Bone, ErrorState, State } from "@/ui/State";
import { toast } from "@/ui/toast";
import { ChangedDeals } from "./ChangedDeals";
import { ChangesTable } from "./ChangesTable";
import styles from "./Forecast.module.css";
import { isZero, movementsOf, steps, type SheetData, type Snapshot } from "./model";
import { useChanges, useRefresh, useSnapshots } from "./read";

const Waterfall = lazy(() => import("./Waterfall"));
type Search = { from?: string; to?: string; person?: string; category?: string };

function Take() {
  const { t } = useSpeech();
  const refresh = useRefresh();
  const [busy, setBusy] = useState(false);
  const take = async () => {
    setBusy(true);
    try {
      const taken = await api.post<Snapshot>("/forecasts/snapshots");
      toast(t("forecast.taken", { n: taken.deals }));
      await refresh();
    } catch (error) {
      complain(error, t);
    }
    setBusy(false);
  };
  return <Button loading={busy} onClick={() => void take()}>{t("forecast.take")}</Button>;
}

interface ControlsProps { sheet: SheetData; list: Snapshot[]; since: Snapshot; search: Search; mayTake: boolean; go: (change: Search) => void }

/** Between which moments, whose, and of which category. */
function Controls({ sheet, list, since, search, mayTake, go }: ControlsProps) {
  const { t, say, language } = useSpeech();
  const moment = (each: Snapshot) => ({ value: each.id, text: formatDateTime(each.taken_at, language) });
  const pick = (picked: unknown) => (typeof picked === "string" ? picked : undefined);
  return (
    <div className={styles["controls"]}>
      <label className={styles["control"]}>{t("forecast.from")}<Choose label={t("forecast.from")} clearable={false} value={since.id} options={list.map(moment)} onPick={(from) => go({ from: pick(from) } as Search)} /></label>
      <label className={styles["control"]}>{t("forecast.to")}<Choose label={t("forecast.to")} placeholder={t("forecast.now")} value={search.to ?? null} options={list.filter((each) => each.taken_at > since.taken_at).map(moment)} onPick={(to) => go({ to: pick(to) } as Search)} /></label>
      <label className={styles["control"]}>{t("forecast.whose")}<Choose label={t("forecast.whose")} placeholder={t("forecast.everybody")} value={search.person ?? null} options={sheet.people.flatMap((line) => (line.id ? [{ value: line.id, text: line.name ?? "" }] : []))} onPick={(person) => go({ person: pick(person) } as Search)} /></label>
      <label className={styles["control"]}>{t("forecast.category")}<Choose label={t("forecast.category")} placeholder={t("forecast.allCategories")} value={search.category ?? null} options={sheet.categories.map((each) => ({ value: each.key, text: say(each.label) || each.key }))} onPick={(picked) => go({ category: pick(picked) } as Search)} /></label>
      {mayTake && <div className={styles["control"]} style={{ alignContent: "end" }}><Take /></div>}
    </div>
  );
}

/** From a snapshot to another, or to now: what came, went and moved, and the deals behind each of it. */
export function Changes({ sheet, currency }: { sheet: SheetData; currency: string }) {
  const { t } = useSpeech();
  const { mode } = usePreferences();
  const navigate = useNavigate();
  const mayTake = usePower("configure");
  const search = useSearch({ strict: false }) as Search;
  const snapshots = useSnapshots();
  const [kind, setKind] = useState<string | null>(null);
  const list = snapshots.data?.snapshots ?? [];
  const since = list.find((each) => each.id === search.from) ?? list.find((each) => each.id === sheet.since?.id) ?? list[0];
  const query = { from: since?.id, to: search.to, person: search.person, period: sheet.period.key };
  const changes = useChanges(query, Boolean(since));
  const figures = changes.data?.currencies[currency];
  const category = search.category ?? null;
  const movements = useMemo(() => (figures ? movementsOf(figures, category) : []), [figures, category]);
  const ends = category ? figures?.categories[category] : figures;
  const go = (change: Search) => void navigate({ to: ".", replace: true, search: ((old: Search) => ({ ...old, ...change })) as never });
  const bars = useMemo(() => (ends ? steps(ends.opening, ends.closing, movements) : []), [ends, movements]);
  if (snapshots.isError) return <ErrorState error={snapshots.error} onRetry={() => void snapshots.refetch()} />;
  if (!snapshots.data) return <Bone height={320} />;
  if (!since) return <State drawing="rows" title={t("forecast.noSnapshots")} hint={t("forecast.noSnapshotsHint")}>{mayTake && <Take />}</State>;
  return (
    <>
      <Controls sheet={sheet} list={list} since={since} search={search} mayTake={mayTake} go={go} />
      {changes.isError && <ErrorState error={changes.error} onRetry={() => void changes.refetch()} />}
      {changes.isPending && <Bone height={300} />}
      {changes.data && (!ends || movements.length === 0) && <State drawing="search" title={t("forecast.unchanged")} />}
      {ends && movements.length > 0 && (
        <div className={styles["body"]}>
          {bars.some((bar) => !isZero(bar.amount)) && <Suspense fallback={<Bone height={300} />}><Waterfall bars={bars} currency={currency} mode={mode} onPick={setKind} /></Suspense>}
          <ChangesTable opening={ends.opening} closing={ends.closing} movements={movements} currency={currency} onSee={setKind} />
        </div>
      )}
      {kind && <ChangedDeals kind={kind} query={{ ...query, kind, currency, category: category ?? undefined }} sheet={sheet} currency={currency} onClose={() => setKind(null)} />}
    </>
  );
}
