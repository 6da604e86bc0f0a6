import { memo } from "react";
import type { AggregateValue, Money, ObjectType, QueryBody } from "@/api/types";
import { useTotals } from "@/features/base/read";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { formatMoney, formatNumber } from "@/ui/format";
import { Bone } from "@/ui/State";
import { pinnedAt, type Column } from "./grid";
import styles from "./Grid.module.css";

interface Props {
  type: ObjectType;
  body: QueryBody;
  columns: Column[];
  ready: boolean;
}

export function useSumText() {
  const { t, language } = useSpeech();
  return (value: AggregateValue | undefined, column: Column) => {
    if (value === null || value === undefined) return "";
    if (typeof value === "object") return (value as Money).amount === null ? t("value.severalCurrencies") : formatMoney(value, language, column.field.config.scale);
    return formatNumber(value, language, column.field.config.scale);
  };
}

/** Count and sums of the whole list, asked for once the rows are there. */
export const GridFooter = memo(function GridFooter({ type, body, columns, ready }: Props) {
  const { t } = useSpeech();
  const sumText = useSumText();
  const summed = columns.filter((column) => column.field.aggregates.includes("sum") && !column.path.includes("."));
  const scope = { where: body.where ?? null, ...(body.search ? { search: body.search } : {}) };
  const totals = useTotals(type.api_name, { ...scope, measures: [{ fn: "count" }, ...summed.map((column) => ({ fn: "sum", field: column.path }))] }, ready);
  const values = totals.data?.groups[0]?.values ?? [];
  const count = totals.data ? Number(values[0] ?? 0) : null;
  return (
    <div className={styles["foot"]} role="row" data-testid="list-footer">
      <div className={cx(styles["cell"], styles["mark"])} role="gridcell" />
      {columns.map((column, index) => {
        const at = summed.indexOf(column);
        const text = index === 0 ? (count === null ? "" : t("list.count", { n: count })) : at >= 0 ? sumText(values[at + 1], column) : "";
        const waiting = totals.isPending && ready && (index === 0 || at >= 0);
        return (
          <div key={column.path} role="gridcell" style={pinnedAt(column)} className={cx(styles["cell"], index === 0 && styles["face"], column.left !== undefined && styles["pinned"], column.isEdge && styles["edge"], column.align === "right" && styles["right"])} title={at >= 0 && text ? `${t("list.sum")} ${text}` : undefined}>
            {waiting ? <Bone width={64} height={10} /> : text}
          </div>
        );
      })}
      <div role="gridcell" />
    </div>
  );
});
