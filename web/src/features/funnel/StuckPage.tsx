import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useCatalog } from "@/api/catalog";
import { api } from "@/api/client";
import type { AggregateValue, ObjectType, RecordData, Reference } from "@/api/types";
import { useAmountText } from "./amounts";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { useIsPhone } from "@/ui/hooks";
import { Bone, ErrorState, State } from "@/ui/State";
import styles from "@/features/base/Pipelines.module.css";
import "@/features/base/pipelineWords";

interface Item {
  record: RecordData;
  title: string | null;
  rotten: boolean;
  no_step: boolean;
  days: number | null;
  rot_days: number | null;
}
interface Stuck {
  items: Item[];
  people: { owner: Reference | null; count: number; amount: AggregateValue }[];
}
interface Search {
  owner?: string;
  pipeline?: string;
  why?: string;
}

const useStuck = (object: string, search: Search) =>
  useQuery({ queryKey: ["pipelines", object, "stuck", search], placeholderData: keepPreviousData, queryFn: ({ signal }) => api.get<Stuck>(`/pipelines/${object}/stuck`, { signal, query: { ...search } }) });

/** Deals that stand still: too long in their stage, or with nothing planned; for who leads, person by person. */
export function StuckPage() {
  const catalog = useCatalog();
  const { t } = useSpeech();
  const type = catalog.navigation.find((each) => each.pipelines?.length);
  return type ? <Stuck type={type} /> : <State drawing="board" title={t("funnel.none")} hint={t("funnel.noneHint")} />;
}

function Stuck({ type }: { type: ObjectType }) {
  const { t, say } = useSpeech();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Search;
  const asked = { ...(search.owner ? { owner: search.owner } : {}), ...(search.pipeline ? { pipeline: search.pipeline } : {}), ...(search.why ? { why: search.why } : {}) };
  const found = useStuck(type.api_name, asked);
  const everybody = useStuck(type.api_name, Object.fromEntries(Object.entries(asked).filter(([name]) => name !== "owner")));
  const set = (change: Record<string, string | undefined>) => void navigate({ to: ".", replace: true, search: ((old: Search) => ({ ...old, ...change })) as never });
  const pipelines = (type.pipelines ?? []).filter((each) => each.active);
  return (
    <div className={styles["stuck"]}>
      <header className={styles["head"]}>
        <h1 className={styles["title"]}>{t("pipelines.stuck")}</h1>
        <div className={styles["control"]}><Choose label={t("pipelines.why")} placeholder={t("pipelines.anyWhy")} value={search.why ?? null} options={[{ value: "rotten", text: t("pipelines.why.rotten") }, { value: "no_step", text: t("pipelines.why.no_step") }]} onPick={(why) => set({ why: (why as string | null) ?? undefined })} /></div>
        {pipelines.length > 1 && <div className={styles["control"]}><Choose label={t("pipelines.pipeline")} placeholder={t("pipelines.anyPipeline")} value={search.pipeline ?? null} options={pipelines.map((each) => ({ value: each.key, text: say(each.label) }))} onPick={(pipeline) => set({ pipeline: (pipeline as string | null) ?? undefined })} /></div>}
      </header>
      <People people={everybody.data?.people ?? []} chosen={search.owner} onPick={(owner) => set({ owner })} />
      {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Bone height={240} />}
      {found.data?.items.length === 0 && <State drawing="rows" title={t("pipelines.noneStuck")} hint={t("pipelines.noneStuckHint")} />}
      {found.data && found.data.items.length > 0 && <Items type={type} items={found.data.items} />}
    </div>
  );
}

function People({ people, chosen, onPick }: { people: Stuck["people"]; chosen: string | undefined; onPick: (owner: string | undefined) => void }) {
  const { t } = useSpeech();
  const amountText = useAmountText();
  if (people.length < 2 && !chosen) return null;
  return (
    <ul className={styles["people"]} aria-label={t("pipelines.atWhom")}>
      {people.map(({ owner, count, amount }) => (
        <li key={owner?.id ?? ""}>
          <button type="button" className={styles["person"]} aria-pressed={chosen === owner?.id} disabled={!owner} onClick={() => onPick(chosen === owner?.id ? undefined : owner?.id)}>
            {owner?.label ?? t("pipelines.nobody")} <b>{count}</b> <small>{amountText(amount)}</small>
          </button>
        </li>
      ))}
    </ul>
  );
}

function useReasons() {
  const { t } = useSpeech();
  return (item: Item) => [...(item.rotten ? [t("pipelines.overdue", { n: item.days ?? 0, most: item.rot_days ?? 0 })] : []), ...(item.no_step ? [t("pipelines.why.no_step")] : [])].join(" · ");
}

function Items({ type, items }: { type: ObjectType; items: Item[] }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const isPhone = useIsPhone();
  const amountText = useAmountText();
  const reasons = useReasons();
  const stage = (item: Item) => say(catalog.field(type.api_name, type.stage_field ?? "")?.config.choices?.find((choice) => choice.key === item.record[type.stage_field ?? ""])?.label);
  const owner = (item: Item) => (item.record["owner"] as Reference | null)?.label ?? t("pipelines.nobody");
  const amount = (item: Item) => amountText((item.record[type.board_sum_field ?? ""] ?? null) as AggregateValue);
  const link = (item: Item) => <Link to="/o/$object/$id" params={{ object: type.api_name, id: item.record.id }}>{item.title ?? t("record.untitled")}</Link>;
  if (isPhone)
    return <ul className={styles["cards"]}>{items.map((item) => <li key={item.record.id} className={styles["card"]} data-testid="stuck-item"><header>{link(item)}<span>{amount(item)}</span></header><span>{stage(item)} · {owner(item)}</span><span className={styles["late"]}>{reasons(item)}</span></li>)}</ul>;
  return (
    <div className={styles["wrap"]}>
      <table className={styles["table"]}>
        <thead><tr><th>{say(type.label)}</th><th>{t("funnel.stage")}</th><th>{t("funnel.owner")}</th><th className={styles["number"]}>{t("funnel.sum")}</th><th className={styles["number"]}>{t("pipelines.days")}</th><th>{t("pipelines.why")}</th></tr></thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.record.id} data-testid="stuck-item">
              <td>{link(item)}</td><td>{stage(item)}</td><td>{owner(item)}</td><td className={styles["number"]}>{amount(item)}</td>
              <td className={cx(styles["number"], item.rotten && styles["late"])}>{item.days ?? ""}</td><td>{reasons(item)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
