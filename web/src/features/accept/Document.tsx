import type { Language, Money } from "@/api/types";
import type { Say } from "@/messages/accept";
import { formatDate, formatMoney, formatNumber } from "@/ui/format";
import { pdfOf, type Offer, type OfferedLine } from "./answer";
import styles from "./Accept.module.css";

/** A part that is paid with its bundle. */
const paidWith = (line: OfferedLine) => line.part && Number(line.total?.amount ?? 0) === 0;

/** What is offered, line by line, with what it comes to. */
export function Document({ offer, token, say, language }: { offer: Offer; token: string; say: Say; language: Language }) {
  const money = (value: Money | null) => (value ? formatMoney(value, language) : "");
  const facts = [["number", [offer.number, Number(offer.version_no) > 1 ? say("version", { n: String(offer.version_no) }) : ""].filter(Boolean).join(" · ")], ["issued", offer.issued_on && formatDate(offer.issued_on, language)], ["until", offer.valid_until && formatDate(offer.valid_until, language)]] as const;
  const { totals } = offer;
  const reduced = totals.discount_total !== null && Number(totals.discount_total.amount) !== 0;
  const sums = [...(reduced ? [["subtotal", money(totals.subtotal)], ["discounted", `−${money(totals.discount_total)}`]] as const : []), ["net", money(totals.net_total)], ["tax", money(totals.tax_total)]] as const;
  return (
    <article data-testid="offer">
      <p className={styles["meta"]}>{offer.company && say("from", { company: offer.company })}{offer.customer && <> · {say("for", { customer: offer.customer })}</>}</p>
      <h1>{offer.name}</h1>
      <dl className={styles["facts"]}>{facts.filter(([, value]) => value).map(([key, value]) => <div key={key}><dt>{say(key)}</dt><dd>{value}</dd></div>)}</dl>
      <h2>{say("lines")}</h2>
      <ol className={styles["lines"]}>
        {offer.lines.map((line, index) => (
          <li key={index} className={line.part ? styles["part"] : undefined}>
            <span><b>{line.name}</b><small>{[`${formatNumber(line.quantity, language)} ${line.unit ?? ""}`.trim(), paidWith(line) ? "" : money(line.unit_price)].filter(Boolean).join(" × ")}{Number(line.discount) > 0 && ` · ${say("discount", { percent: formatNumber(line.discount ?? "", language) })}`}</small></span>
            <span className={styles["number"]}>{paidWith(line) ? "" : money(line.total)}</span>
          </li>
        ))}
      </ol>
      <dl className={styles["sums"]}>
        {sums.map(([key, value]) => <div key={key}><dt>{say(key)}</dt><dd>{value}</dd></div>)}
        <div className={styles["grand"]}><dt>{say("total")}</dt><dd data-testid="offer-total">{money(totals.total)}</dd></div>
      </dl>
      {offer.payment_terms && <><h2>{say("terms")}</h2><p className={styles["text"]}>{offer.payment_terms}</p></>}
      {offer.delivery_terms && <><h2>{say("delivery")}</h2><p className={styles["text"]}>{offer.delivery_terms}</p></>}
      {offer.pdf && <p><a className={styles["pdf"]} href={pdfOf(token)} target="_blank" rel="noreferrer">{say("pdf")}</a></p>}
    </article>
  );
}
