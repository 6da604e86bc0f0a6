import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { useSpeech } from "@/messages";
import { sumDecimals } from "@/ui/decimal";
import { formatMoney } from "@/ui/format";
import { cx } from "@/ui/cx";
import { FigureCell } from "./FigureCell";
import styles from "./Forecast.module.css";
import { Judge, type Judged } from "./Judge";
import { isZero, money, reports, totalOf, visible, type Category, type Line, type SheetData } from "./model";
import { TargetCell } from "./TargetCell";

/** People by who reports to whom, and what each line has in each category. */
export function Sheet({ data, currency }: { data: SheetData; currency: string }) {
  const { t, say, language } = useSpeech();
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [judged, setJudged] = useState<Judged | null>(null);
  const above = reports(data.people);
  const open = data.categories.filter((category) => category.kind !== "omitted" || !isZero(totalOf(data.people, currency, category.key).amount));
  const surest = data.categories.find((category) => category.kind === "open");
  const name = (line: Line) => line.name ?? t("forecast.nobody");
  const expected = (values: (string | undefined)[]) => formatMoney(money(sumDecimals(values.map((value) => value ?? "0")) ?? "0", currency), language, 0);
  const sure = (line: Line) => expected(["won", "open"].map((kind) => line.forecast[currency]?.[(kind === "won" ? data.categories.find((each) => each.kind === "won") : surest)?.key ?? ""]));
  const fold = (id: string) => setFolded((old) => new Set(old.has(id) ? [...old].filter((each) => each !== id) : [...old, id]));
  return (
    <div className={styles["scroll"]}>
      <table className={styles["sheet"]} data-testid="forecast-sheet">
        <thead>
          <tr>
            <th>{t("forecast.person")}</th>
            <th className={styles["target"]}>{t("forecast.target")}</th>
            {open.map((category) => <th key={category.key}>{say(category.label) || category.key}</th>)}
            <th>{t("forecast.expected", { name: say(surest?.label) })}</th>
          </tr>
        </thead>
        <tbody>
          {visible(data.people, folded).map((line) => (
            <tr key={line.id ?? "nobody"} data-person={line.id ?? "nobody"}>
              <td>
                <span className={styles["who"]} style={{ "--depth": line.depth } as never}>
                  {line.id && above.has(line.id) ? (
                    <button type="button" className={styles["fold"]} aria-expanded={!folded.has(line.id)} aria-label={t(folded.has(line.id) ? "forecast.expand" : "forecast.collapse", { name: name(line) })} onClick={() => fold(line.id ?? "")}><ChevronRight size={14} /></button>
                  ) : <span className={styles["leaf"]} />}
                  {name(line)}
                </span>
              </td>
              <td className={styles["target"]}><TargetCell standing={line} currency={data.currency} /></td>
              {open.map((category) => <FigureCell key={category.key} line={line} category={category} currency={currency} period={data.period.key} name={name(line)} onJudge={line.led && line.id && category.kind === "open" ? () => setJudged({ line, category, currency, period: data.period.key }) : null} />)}
              <td>{sure(line)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot><TotalRow data={data} open={open} currency={currency} surest={surest} expected={expected} /></tfoot>
      </table>
      {judged && <Judge key={`${judged.line.id} ${judged.category.key}`} about={judged} onClose={() => setJudged(null)} />}
    </div>
  );
}

function TotalRow({ data, open, currency, surest, expected }: { data: SheetData; open: Category[]; currency: string; surest: Category | undefined; expected: (values: (string | undefined)[]) => string }) {
  const { t, language } = useSpeech();
  const won = data.categories.find((category) => category.kind === "won");
  const total = (category: Category | undefined) => totalOf(data.people, currency, category?.key ?? "");
  return (
    <tr data-testid="forecast-total">
      <td>{t("forecast.total")}</td>
      <td />
      {open.map((category) => {
        const { amount, forecast, count } = total(category);
        const differs = !isZero(sumDecimals([amount, forecast.startsWith("-") ? forecast.slice(1) : `-${forecast}`]));
        return (
          <td key={category.key}>
            <span className={cx(differs && styles["judged"])}>{formatMoney(money(forecast, currency), language, 0)}</span>
            <span className={styles["small"]}>{t("forecast.deals", { n: count })}</span>
          </td>
        );
      })}
      <td>{expected([total(won).forecast, total(surest).forecast])}</td>
    </tr>
  );
}
