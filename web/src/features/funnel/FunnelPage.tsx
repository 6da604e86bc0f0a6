import { Navigate, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useMemo } from "react";
import { useCatalog } from "@/api/catalog";
import type { Field, Filter, ObjectType } from "@/api/types";
import { both } from "@/features/base/filters/model";
import { usePreferences } from "@/features/base/preferences";
import { useTotals } from "@/features/base/read";
import { Choose } from "@/fields/parts/Choose";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { Bone, ErrorState, State } from "@/ui/State";
import styles from "./Funnel.module.css";
import { FunnelTable } from "./FunnelTable";
import { useAmountText } from "./amounts";
import { funnelRows, stageField, type StageRow } from "./model";

const FunnelChart = lazy(() => import("./FunnelChart"));
const FlowTable = lazy(() => import("./FlowTable"));
type Search = { owner?: string; period?: string; date?: string };

export function FunnelHome() {
  const catalog = useCatalog();
  const { t } = useSpeech();
  // Where money moves through the stages is the funnel a person means first.
  const staged = catalog.navigation.filter(stageField);
  const first = staged.find((type) => type.board_sum_field) ?? staged[0];
  return first ? <Navigate to="/funnel/$object" params={{ object: first.api_name }} replace /> : <State drawing="board" title={t("funnel.none")} hint={t("funnel.noneHint")} />;
}

export function FunnelPage() {
  const { object } = useParams({ strict: false });
  const catalog = useCatalog();
  const { t } = useSpeech();
  const type = catalog.object(object ?? "");
  const field = type && stageField(type);
  if (!type || !field) return <State drawing="board" title={t("funnel.none")} hint={t("funnel.noneHint")} />;
  return <Funnel key={type.id} type={type} field={field} />;
}

/** Dates to choose a period by: the expected close first, the system's own last. */
function datesOf(type: ObjectType): Field[] {
  const rank = (field: Field) => (field.api_name === "close_date" ? 0 : field.system ? 2 : 1);
  return type.fields.filter((field) => field.operators.includes("within")).sort((a, b) => rank(a) - rank(b));
}

function Controls({ type, search, onChange }: { type: ObjectType; search: Search; onChange: (change: Search) => void }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const owner = catalog.field(type.api_name, "owner");
  const dates = datesOf(type);
  const OwnerFilter = owner && fieldUi(owner).Filter;
  return (
    <>
      {OwnerFilter && <div className={styles["control"]}><OwnerFilter field={owner} many={false} label={t("funnel.owner")} placeholder={t("funnel.everyone")} value={search.owner ?? null} onChange={(next) => onChange({ owner: (next as string | null) ?? undefined } as Search)} /></div>}
      <div className={styles["control"]}><Choose label={t("funnel.dateField")} value={search.date ?? dates[0]?.api_name ?? null} clearable={false} options={dates.map((field) => ({ value: field.api_name, text: say(field.label) }))} onPick={(date) => onChange({ date: date as string })} /></div>
      <div className={styles["control"]}><Choose label={t("funnel.period")} placeholder={t("funnel.anyPeriod")} value={search.period ?? null} options={catalog.data.periods.map((period) => ({ value: period.key, text: say(period.label) }))} onPick={(period) => onChange({ period: (period as string | null) ?? undefined } as Search)} /></div>
    </>
  );
}

function Facts({ rows, winRate }: { rows: Record<"open" | "won" | "lost", StageRow[]>; winRate: number | null }) {
  const { t } = useSpeech();
  const count = (part: StageRow[]) => part.reduce((sum, row) => sum + row.count, 0).toLocaleString();
  const amountText = useAmountText();
  const sums = (part: StageRow[]) => (part.length === 1 && part[0] ? amountText(part[0].sum) : "");
  return (
    <dl className={styles["facts"]}>
      {(["open", "won", "lost"] as const).map((part) => (
        <div key={part} className={styles["fact"]}><dt>{t(`funnel.${part}`)}</dt><dd>{count(rows[part])}<small>{sums(rows[part])}</small></dd></div>
      ))}
      <div className={styles["fact"]}><dt>{t("funnel.winRate")}</dt><dd>{winRate === null ? "—" : `${(winRate * 100).toFixed(1)}%`}<small>{t("funnel.winRateHint")}</small></dd></div>
    </dl>
  );
}

function Funnel({ type, field }: { type: ObjectType; field: Field }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const navigate = useNavigate();
  const { mode } = usePreferences();
  const search = useSearch({ strict: false }) as Search;
  const date = search.date ?? datesOf(type)[0]?.api_name;
  const scope = useMemo(
    () => both(search.owner ? { field: "owner", op: "eq", value: search.owner } : null, search.period && date ? { field: date, op: "within", value: search.period } : null),
    [search.owner, search.period, date],
  );
  const sumField = type.board_sum_field && catalog.field(type.api_name, type.board_sum_field) ? type.board_sum_field : null;
  const totals = useTotals(type.api_name, { where: scope, group_by: [{ field: field.api_name }], measures: [{ fn: "count" }, ...(sumField ? [{ fn: "sum", field: sumField }] : [])] });
  const rows = useMemo(() => (totals.data ? funnelRows(field, totals.data) : null), [field, totals.data]);
  const see = (key: string) => {
    const where: Filter | null = both({ field: field.api_name, op: "eq", value: key }, scope);
    void navigate({ to: "/o/$object", params: { object: type.api_name }, search: { where } });
  };
  const slices = useMemo(
    () => (rows ? [...rows.open, ...rows.won].map((row) => ({ key: row.choice.key, name: say(row.choice.label), value: row.reached, shown: row.reached.toLocaleString(), color: row.choice.color })) : []),
    [rows, say],
  );
  const empty = rows && [...rows.open, ...rows.won, ...rows.lost].every((row) => row.count === 0);
  return (
    <div className={styles["page"]}>
      <header className={styles["head"]}>
        <h1 className={styles["title"]}>{t("funnel.title", { label: say(type.label) })}</h1>
        <Controls type={type} search={search} onChange={(change) => void navigate({ to: ".", replace: true, search: ((old: Search) => ({ ...old, ...change })) as never })} />
      </header>
      {totals.isError && <ErrorState error={totals.error} onRetry={() => void totals.refetch()} />}
      {totals.isPending && <Bone height={320} />}
      {rows && <Facts rows={rows} winRate={rows.winRate} />}
      {empty && <State drawing="search" title={t("funnel.emptyRange")} />}
      {rows && !empty && (
        <div className={styles["body"]}>
          <Suspense fallback={<Bone height={320} />}><FunnelChart slices={slices} mode={mode} onPick={see} /></Suspense>
          <FunnelTable rows={rows} withSum={Boolean(sumField)} onSee={see} />
        </div>
      )}
      {type.stage_field === field.api_name && Boolean(type.pipelines?.length) && <Suspense fallback={<Bone height={160} />}><FlowTable type={type} owner={search.owner} /></Suspense>}
    </div>
  );
}
