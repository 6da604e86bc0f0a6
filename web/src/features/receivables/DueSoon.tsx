import { Link } from "@tanstack/react-router";
import type { Filter, Money, RecordData } from "@/api/types";
import { useRecordList } from "@/features/base/read";
import { isReference } from "@/fields/relation/references";
import { useSpeech } from "@/messages";
import { formatDate, formatMoney } from "@/ui/format";
import { daysLate, plain } from "./model";
import styles from "./Receivables.module.css";

const MOST = 20;

/** What is late or comes due this week, the latest first to be called. */
export function DueSoon({ today, until }: { today: string; until: string }) {
  const { t, language } = useSpeech();
  const where = { and: [{ field: "in_force", op: "eq", value: true }, { field: "outstanding", op: "gt", value: "0" }, { field: "due_on", op: "lte", value: until }] } as Filter;
  const found = useRecordList("payment_plan", { select: ["name", "account", "contract", "sales_order", "due_on", "amount", "outstanding", "owner"], where, sort: [{ field: "due_on", direction: "desc" }], limit: MOST });
  const rows = found.data?.pages[0]?.records ?? [];
  if (rows.length === 0) return null;
  const label = (value: unknown) => (isReference(value) ? (value.label ?? "") : "");
  const day = (row: RecordData) => String(row["due_on"] ?? "");
  const open = (row: RecordData) => formatMoney({ amount: plain(row["outstanding"]), currency: (row["amount"] as Money | null)?.currency ?? null } as Money, language);
  return (
    <section className={styles["block"]}>
      <div className={styles["blockHead"]}>
        <h2>{t("receivables.dueThisWeek")}</h2>
        <Link to="/o/$object" params={{ object: "payment_plan" }} search={{ where, sort: [{ field: "due_on", direction: "asc" }] }}>{t("receivables.openPlans")}</Link>
      </div>
      <ul className={styles["cards"]}>
        {rows.map((row) => (
          <li key={row.id} className={styles["card"]}>
            <header>
              <Link to="/o/$object/$id" params={{ object: "payment_plan", id: row.id }}>{label(row["account"])} · {String(row["name"] ?? "")}</Link>
              <span>{open(row)}</span>
            </header>
            <span className={styles["hint"]}>{label(row["contract"]) || label(row["sales_order"])} · {formatDate(day(row), language)}{daysLate(day(row), today) > 0 && <b className={styles["late"]}> {t("receivables.late", { n: daysLate(day(row), today) })}</b>} · {label(row["owner"])}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
