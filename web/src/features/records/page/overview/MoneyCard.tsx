import { Banknote } from "lucide-react";
import { useCatalog, type Catalog } from "@/api/catalog";
import type { JourneyStep } from "@/api/timeline";
import type { Field, ObjectType } from "@/api/types";
import { useTotals } from "@/features/base/read";
import { useSpeech, type MessageKey } from "@/messages";
import { categoryOf } from "@/tokens/theme";
import { formatMoney } from "@/ui/format";
import recordStyles from "../Record.module.css";
import { pipelineOf, type Sum } from "./money";
import styles from "./Overview.module.css";
import { useJourney } from "./useJourney";

/** What the sum of a step is called; its other figures come of its stages. */
const SUMS = { quote: "money.quoted", contract: "money.contracted", order: "money.ordered", payment: "money.received" } as const satisfies Record<string, MessageKey>;
type Line = [label: keyof typeof labels, sum: Sum];
const labels = { "money.won": "green", "money.open": "blue", "money.weighted": "cyan", "money.quoted": "violet", "money.contracted": "amber", "money.ordered": "orange", "money.received": "green" } as const;

/** The fields deals are summed by, where this reader may ask for both. */
function dealFields(catalog: Catalog, object: string): { stage: Field; sum: Field } | null {
  const type = catalog.object(object);
  const stage = type?.board_field ? catalog.field(object, type.board_field) : undefined;
  const sum = type?.board_sum_field ? catalog.field(object, type.board_sum_field) : undefined;
  if (!stage?.groupable || stage.access === "masked" || !sum?.aggregates.includes("sum") || sum.access === "masked") return null;
  return { stage, sum };
}

function useDeals(step: JourneyStep | undefined, id: string): Line[] {
  const fields = dealFields(useCatalog(), step?.object ?? "");
  const able = fields !== null && (step?.count ?? 0) > 0;
  const body = { where: { field: step?.field ?? "", op: "eq", value: id }, group_by: [{ field: fields?.stage.api_name ?? "" }], measures: [{ fn: "sum", field: fields?.sum.api_name ?? "" }] };
  const result = useTotals(step?.object ?? "", body, able).data;
  if (!able || !result) return [];
  const { won, open, weighted } = pipelineOf(result, fields.stage.config.choices ?? []);
  return [["money.won", won], ["money.open", open], ["money.weighted", weighted]];
}

/** What has come of it and what is to be expected; only what there is, no zeros for what is not recorded. */
export function MoneyCard({ type, id }: { type: ObjectType; id: string }) {
  const { t, language } = useSpeech();
  const steps = useJourney(type, id);
  const deals = useDeals(steps.find((step) => step.object === "opportunity"), id);
  const later = steps.flatMap((step): Line[] => (step.object in SUMS && step.amount ? [[SUMS[step.object as keyof typeof SUMS], step.amount]] : []));
  const lines = [...deals, ...later].filter(([, sum]) => sum !== null);
  if (lines.length === 0) return null;
  const most = Math.max(...lines.map(([, sum]) => Number(sum?.amount ?? 0)), 1);
  return (
    <section className={recordStyles["card"]} data-testid="money-card">
      <header className={recordStyles["cardHead"]}><Banknote size={16} aria-hidden /><h2 className={recordStyles["cardTitle"]}>{t("money.label")}</h2></header>
      <dl className={styles["money"]}>
        {lines.map(([label, sum]) => (
          <div key={label} className={styles["sum"]}>
            <dt>{t(label)}</dt>
            <dd>{sum?.amount == null ? t("value.severalCurrencies") : formatMoney(sum, language)}</dd>
            {sum?.amount != null && <span className={styles["bar"]} aria-hidden><span style={{ width: `${Math.max(2, (Number(sum.amount) / most) * 100)}%`, background: `var(--cat-${categoryOf(labels[label])}-solid)` }} /></span>}
          </div>
        ))}
      </dl>
    </section>
  );
}
