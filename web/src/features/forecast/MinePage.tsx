import "./words";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useCatalog } from "@/api/catalog";
import { api } from "@/api/client";
import type { Localized, Money } from "@/api/types";
import { useSpeech } from "@/messages";
import { compareDecimals } from "@/ui/decimal";
import { formatDate, formatMoney, localDay } from "@/ui/format";
import { Bone, ErrorState } from "@/ui/State";
import { Tag } from "@/ui/Tag";
import styles from "./Forecast.module.css";
import { money, type Category, type Judgement, type PeriodData, type Standing } from "./model";
import { PeriodSwitch } from "./PeriodSwitch";
import { forecastKeys } from "./read";

const Commission = lazy(() => import("./Commission"));

interface Deal { id: string; title: string; amount: Money | null; close: string | null; category?: string | null; probability?: string | null; fills: boolean }
interface Mine extends Standing {
  period: PeriodData;
  currency: string;
  categories: Category[];
  expected: { sure: string; weighted: string };
  judged: (Judgement & { category: string; currency: string })[];
  deals: Deal[];
}

/** One's own target, what is won and expected, and the deals that could bring what is missing: before anybody else's view of it. */
export function MinePage() {
  const { t } = useSpeech();
  const navigate = useNavigate();
  const { period } = useSearch({ strict: false }) as { period?: string };
  const hasRules = Boolean(useCatalog().object("commission_rule"));
  const mine = useQuery({ queryKey: [...forecastKeys.all, "mine", period], queryFn: ({ signal }) => api.get<Mine>("/forecasts/mine", { query: { period }, signal }), placeholderData: (old) => old });
  if (mine.isError) return <ErrorState error={mine.error} onRetry={() => void mine.refetch()} />;
  return (
    <div className={styles["page"]} data-testid="mine">
      <header className={styles["head"]}>
        <h1 className={styles["title"]}>{t("mine.title")}<span className={styles["small"]}>{t("mine.hint")}</span></h1>
        {mine.data && <PeriodSwitch period={mine.data.period} onChange={(key) => void navigate({ to: ".", replace: true, search: { period: key } as never })} />}
      </header>
      {mine.data ? <Body data={mine.data} /> : <Bone height={280} />}
      {hasRules && <Suspense fallback={null}><Commission /></Suspense>}
    </div>
  );
}

function Body({ data }: { data: Mine }) {
  const { t, say, language } = useSpeech();
  const text = (amount: string | null) => (amount === null ? "—" : formatMoney(money(amount, data.currency), language, 0));
  const won = Number(data.share ?? 0);
  const sure = data.target ? Math.min(100, (Number(data.expected.sure) / Number(data.target)) * 100) : 0;
  const category = (key: string | null | undefined): Localized | undefined => data.categories.find((each) => each.key === key)?.label;
  const reached = data.target !== null && compareDecimals(data.attained, data.target) !== -1;
  return (
    <>
      <dl className={styles["facts"]}>
        <div className={styles["fact"]}><dt>{t("mine.target")}</dt><dd>{text(data.target)}</dd></div>
        <div className={styles["fact"]}><dt>{t("mine.attained")}</dt><dd data-testid="mine-attained">{text(data.attained)}{data.share && <small className={styles["small"]}>{`${data.share}%`}</small>}</dd></div>
        <div className={styles["fact"]}><dt>{t("mine.missing")}</dt><dd data-testid="mine-missing">{reached ? t("mine.reached") : text(data.missing)}</dd></div>
        <div className={styles["fact"]}><dt>{t("mine.sure")}</dt><dd>{text(data.expected.sure)}<small className={styles["small"]}>{t("mine.weighted")} {text(data.expected.weighted)}</small></dd></div>
      </dl>
      {data.target === null ? <p className={styles["hint"]}>{t("mine.noTarget")}</p> : <div className={styles["progress"]} aria-hidden><span style={{ width: `${Math.min(100, won)}%` }} /><span style={{ width: `${Math.max(0, sure - won)}%` }} /></div>}
      {data.judged.length > 0 && (
        <>
          <h2 className={styles["heading"]}>{t("mine.judged")}</h2>
          <ul className={styles["deals"]} data-testid="mine-judged">
            {data.judged.map((each) => (
              <li key={`${each.category} ${each.currency}`}>
                {say(category(each.category)) || each.category}<span className={styles["hint"]}>{each.note} {t("mine.by", { name: each.by.label ?? "", date: formatDate(localDay(each.at), language) })}</span>
                <b>{formatMoney(money(each.amount ?? "0", each.currency), language, 0)}</b>
              </li>
            ))}
          </ul>
        </>
      )}
      <h2 className={styles["heading"]}>{t(reached || data.target === null ? "mine.open" : "mine.deals")}</h2>
      {data.deals.length === 0 && <p className={styles["hint"]}>{t("mine.noDeals")}</p>}
      <ul className={styles["deals"]} data-testid="mine-deals">
        {data.deals.map((deal) => (
          <li key={deal.id}>
            <Link to="/o/$object/$id" params={{ object: "opportunity", id: deal.id }}>{deal.title}</Link>
            <span className={styles["hint"]}>{[say(category(deal.category)), deal.probability && `${deal.probability}%`, deal.close && `${t("mine.close")} ${formatDate(deal.close, language)}`].filter(Boolean).join(" · ")}</span>
            {deal.fills && !reached && <Tag color="green">{t("mine.fills")}</Tag>}
            <b>{deal.amount ? formatMoney(deal.amount, language, 0) : "—"}</b>
          </li>
        ))}
      </ul>
    </>
  );
}
