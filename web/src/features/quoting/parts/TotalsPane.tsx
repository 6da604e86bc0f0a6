import { Segmented } from "antd";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import { fieldUi } from "@/fields/registry";
import { normaliseNumber } from "@/fields/number";
import { TextInput } from "@/fields/parts/TextInput";
import { useSpeech } from "@/messages";
import { compareDecimals } from "@/ui/decimal";
import { formatDate, formatMoney, formatNumber } from "@/ui/format";
import { trimmed } from "../model/lines";
import { plain, type DocumentObject } from "../model/types";
import { byRate } from "../model/wire";
import type { Result } from "../useCalculated";
import type { Draft } from "../useDraft";
import styles from "../Quoting.module.css";

interface Props {
  object: DocumentObject;
  draft: Draft;
  result: Result;
  currency: string | null;
  locked: boolean;
  problems: Record<string, string>;
}

/** A discount on the whole: in percent or as an amount, never both. */
function TotalDiscount({ object, draft, currency, locked, problems }: Omit<Props, "result">) {
  const catalog = useCatalog();
  const speech = useSpeech();
  const { t } = speech;
  const reduction = trimmed(plain(draft.value("reduction")));
  const percent = trimmed(plain(draft.value("discount")));
  const [asAmount, setAsAmount] = useState(reduction !== "" && Number(reduction) !== 0);
  const [typed, setTyped] = useState<string | null>(null);
  const name = asAmount ? "reduction" : "discount";
  const field = catalog.field(object, name);
  if (!field) return null;
  const value = asAmount ? reduction : percent;
  if (locked) return <span>{value === "" ? "—" : asAmount ? fieldUi(field).text(draft.value(name), field, speech) : `${formatNumber(value, speech.language)}%`}</span>;
  const commit = (next: unknown) => {
    setTyped(null);
    const amount = normaliseNumber(next) as string | null;
    if ((amount ?? "") === value) return;
    draft.set(name, amount !== null && asAmount && currency ? { amount, currency } : amount);
    draft.set(asAmount ? "discount" : "reduction", null);
  };
  const turn = (next: boolean) => {
    setAsAmount(next);
    setTyped(null);
    if (value) draft.set(name, null);
  };
  return (
    <span className={styles["discount"]}>
      <Segmented size="small" aria-label={t("quoting.discountAs")} value={asAmount ? "amount" : "percent"} options={[{ value: "percent", label: "%" }, { value: "amount", label: t("quoting.amount") }]} onChange={(next) => turn(next === "amount")} />
      <TextInput field={field} label={t("quoting.discountTotal")} inputMode="decimal" suffix={asAmount ? (currency ?? undefined) : "%"} invalid={Boolean(problems["discount"] ?? problems["reduction"])} value={typed ?? value} onChange={(next) => setTyped(String(next ?? ""))} onCommit={commit} />
    </span>
  );
}

/** What it comes to: every step from the lines to what is paid. */
export function TotalsPane(props: Props) {
  const { result, currency } = props;
  const { t, language } = useSpeech();
  const { totals } = result;
  const money = (amount: string | null, code = currency) => (amount === null ? "—" : code ? formatMoney({ amount, currency: code }, language) : formatNumber(amount, language));
  const rates = byRate([...result.lines.values()]);
  const foreign = totals.base_total !== null && totals.exchange_rate !== null && compareDecimals(totals.exchange_rate, "1") !== 0;
  const fault = props.problems["discount"] ?? props.problems["reduction"];
  return (
    <section className={styles["totals"]} aria-label={t("quoting.totals")} aria-busy={result.pending} data-testid="totals">
      <dl>
        <div><dt>{t("quoting.subtotal")}</dt><dd data-total="subtotal">{money(totals.subtotal)}</dd></div>
        <div className={styles["given"]}><dt>{t("quoting.discountTotal")}</dt><dd><TotalDiscount {...props} /></dd></div>
        {fault && <div><dd role="alert" className={styles["problem"]}>{fault}</dd></div>}
        {totals.discount_total !== null && Number(totals.discount_total) !== 0 && <div><dt>{t("quoting.discounted")}</dt><dd data-total="discount_total">−{money(totals.discount_total)}</dd></div>}
        <div><dt>{t("quoting.net")}</dt><dd data-total="net_total">{money(totals.net_total)}</dd></div>
        {rates.length > 1 && rates.map((each) => <div key={each.rate} className={styles["rate"]}><dt>{t("quoting.taxAt", { rate: formatNumber(each.rate, language) })}</dt><dd>{money(each.tax)}</dd></div>)}
        <div><dt>{rates.length === 1 ? t("quoting.taxAt", { rate: formatNumber(rates[0]?.rate ?? "0", language) }) : t("quoting.tax")}</dt><dd data-total="tax_total">{money(totals.tax_total)}</dd></div>
        <div className={styles["grand"]}><dt>{t("quoting.total")}</dt><dd data-total="total">{money(totals.total)}</dd></div>
        {foreign && <div className={styles["rate"]}><dt>{t("quoting.base")}</dt><dd data-total="base_total">{money(totals.base_total, totals.base_currency)}</dd></div>}
        {foreign && <div className={styles["rate"]}><dt>{totals.rate_on ? t("quoting.rateOn", { day: formatDate(totals.rate_on, language) }) : t("quoting.rate")}</dt><dd>{formatNumber(totals.exchange_rate ?? "", language)}</dd></div>}
      </dl>
    </section>
  );
}
