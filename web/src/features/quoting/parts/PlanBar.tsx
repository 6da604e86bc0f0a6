import { useCatalog } from "@/api/catalog";
import type { Money, RecordData } from "@/api/types";
import { useRecordList } from "@/features/base/read";
import { useSpeech } from "@/messages";
import { compareDecimals, sumDecimals } from "@/ui/decimal";
import { businessDay, formatDate, formatMoney } from "@/ui/format";
import { isMoney, plain, type DocumentObject } from "../model/types";
import styles from "../Quoting.module.css";

const WIDEST = 100;
const amountOf = (plan: RecordData, name: string) => plain(plan[name]) ?? "0";
const isOverdue = (plan: RecordData, today: string) => typeof plan["due_on"] === "string" && plan["due_on"] < today && (compareDecimals(amountOf(plan, "outstanding"), "0") ?? 0) > 0;

/** The payment plan at a glance: each instalment as wide as its amount, filled as far as it is paid, red when it is late. */
export function PlanBar({ object, record }: { object: DocumentObject; record: RecordData }) {
  const catalog = useCatalog();
  const { t, language } = useSpeech();
  const able = ["amount", "allocated", "outstanding", "due_on", object].every((name) => catalog.field("payment_plan", name));
  const body = { select: ["name", "amount", "allocated", "outstanding", "due_on"], where: { field: object, op: "eq", value: record.id }, sort: [{ field: "position", direction: "asc" as const }], limit: 100 };
  const plans = useRecordList("payment_plan", body, able).data?.pages.flatMap((page) => page.records) ?? [];
  if (plans.length === 0) return null;
  const today = businessDay();
  const first = plans[0]?.["amount"];
  const currency = isMoney(first) ? first.currency : null;
  const money = (amount: string | null) => formatMoney({ amount, currency } as Money, language);
  const sum = (name: string, of = plans) => sumDecimals(of.map((plan) => amountOf(plan, name))) ?? "0";
  const late = sum("outstanding", plans.filter((plan) => isOverdue(plan, today)));
  return (
    <section className={styles["plan"]} aria-label={t("quoting.plan")} data-testid="plan-bar">
      <div className={styles["track"]} role="list">
        {plans.map((plan) => {
          const amount = amountOf(plan, "amount");
          const paid = Math.min(WIDEST, (Number(amountOf(plan, "allocated")) / (Number(amount) || 1)) * WIDEST);
          const due = typeof plan["due_on"] === "string" ? t("quoting.dueOn", { day: formatDate(plan["due_on"], language) }) : t("quoting.atMilestone");
          const said = t("quoting.instalment", { name: String(plan["name"] ?? ""), amount: money(amount), due, received: money(amountOf(plan, "allocated")) });
          return <div key={plan.id} role="listitem" className={styles["part"]} style={{ flexGrow: Number(amount), flexBasis: 0 }} data-overdue={isOverdue(plan, today)} title={said} aria-label={said}><span style={{ width: `${paid}%` }} /></div>;
        })}
      </div>
      <div className={styles["legend"]}>
        <span><i style={{ background: "var(--sunken)" }} />{t("quoting.planned", { amount: money(sum("amount")) })}</span>
        <span><i style={{ background: "var(--cat-green-solid)" }} />{t("quoting.received", { amount: money(sum("allocated")) })}</span>
        {compareDecimals(late, "0") === 1 && <span><i style={{ background: "var(--cat-red-solid)" }} />{t("quoting.overdue", { amount: money(late) })}</span>}
      </div>
    </section>
  );
}
