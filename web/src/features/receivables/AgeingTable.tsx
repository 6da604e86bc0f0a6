import { Link } from "@tanstack/react-router";
import type { Filter } from "@/api/types";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { formatMoney } from "@/ui/format";
import { useIsPhone } from "@/ui/hooks";
import { BUCKETS, isZero, type Ageing, type AgeingLine } from "./model";
import styles from "./Receivables.module.css";

/** How much is how late, as one bar; each part as wide as its amount. */
export function AgeingBar({ line }: { line: AgeingLine }) {
  const { t, language } = useSpeech();
  return (
    <div data-testid="ageing-bar">
      <Track line={line} />
      <div className={styles["legend"]}>
        {BUCKETS.map((bucket, place) => (
          <span key={bucket}><i className={styles[bucket]} />{t(`receivables.bucket.${bucket}`)} <b>{formatMoney(line.buckets[place] ?? { amount: "0", currency: line.total.currency }, language)}</b></span>
        ))}
      </div>
    </div>
  );
}

function Track({ line, thin }: { line: AgeingLine; thin?: boolean }) {
  const { t } = useSpeech();
  return (
    <div className={cx(styles["track"], thin && styles["thin"])} aria-hidden>
      {BUCKETS.map((bucket, place) => {
        const amount = Number(line.buckets[place]?.amount ?? 0);
        return amount > 0 && <span key={bucket} className={styles[bucket]} style={{ flexGrow: amount, flexBasis: 0 }} title={t(`receivables.bucket.${bucket}`)} />;
      })}
    </div>
  );
}

/** The instalments behind a line, oldest first. */
function behind(data: Ageing, line: AgeingLine): Filter {
  const whose = line.id ? { field: data.by, op: "eq", value: line.id } : { field: data.by, op: "is_empty" };
  return { and: [{ field: "in_force", op: "eq", value: true }, { field: "outstanding", op: "gt", value: "0" }, whose] } as Filter;
}

/** Line by line who owes how much since when; a name leads to the customer's statement, a total to the instalments. */
export function AgeingTable({ data }: { data: Ageing }) {
  const { t, language } = useSpeech();
  const isPhone = useIsPhone();
  const money = (amount: AgeingLine["total"]) => (isZero(amount.amount ?? "0") ? "" : formatMoney(amount, language));
  const name = (line: AgeingLine) => {
    const label = line.label ?? t("receivables.nobody");
    return data.by === "account" && line.id ? <Link to="/receivables/statement/$account" params={{ account: line.id }}>{label}</Link> : label;
  };
  const total = (line: AgeingLine) => <Link to="/o/$object" params={{ object: "payment_plan" }} search={{ where: behind(data, line), sort: [{ field: "due_on", direction: "asc" }] }}>{formatMoney(line.total, language)}</Link>;
  const more = data.more > 0 && <p className={styles["hint"]}>{t("receivables.more", { n: data.more })}</p>;
  if (isPhone)
    return (
      <>
        <ul className={styles["cards"]}>{data.rows.map((line) => <li key={line.id ?? ""} className={styles["card"]} data-testid="ageing-row"><header><span>{name(line)}</span>{total(line)}</header><Track line={line} thin /><span className={styles["hint"]}>{BUCKETS.map((bucket, place) => (isZero(line.buckets[place]?.amount ?? "0") ? "" : `${t(`receivables.bucket.${bucket}`)} ${money(line.buckets[place] ?? line.total)}`)).filter(Boolean).join(" · ")}</span></li>)}</ul>
        {more}
      </>
    );
  return (
    <div className={styles["wrap"]}>
      <table className={styles["table"]}>
        <thead><tr><th>{t(`receivables.by.${data.by}`)}</th>{BUCKETS.map((bucket) => <th key={bucket} className={styles["number"]}>{t(`receivables.bucket.${bucket}`)}</th>)}<th className={styles["number"]}>{t("receivables.total")}</th></tr></thead>
        <tbody>
          {data.rows.map((line) => (
            <tr key={line.id ?? ""} data-testid="ageing-row">
              <td>{name(line)}{line.currencies.some((each) => each.currency !== data.currency) && <span className={styles["faint"]}> {line.currencies.map((each) => formatMoney({ amount: each.total, currency: each.currency }, language)).join(" + ")}</span>}</td>
              {BUCKETS.map((bucket, place) => <td key={bucket} className={cx(styles["number"], place > 0 && styles["late"])}>{money(line.buckets[place] ?? line.total)}</td>)}
              <td className={styles["number"]}>{total(line)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot><tr><td>{t("receivables.total")}</td>{BUCKETS.map((bucket, place) => <td key={bucket} className={styles["number"]}>{money(data.total.buckets[place] ?? data.total.total)}</td>)}<td className={styles["number"]}>{formatMoney(data.total.total, language)}</td></tr></tfoot>
      </table>
      {more}
    </div>
  );
}
