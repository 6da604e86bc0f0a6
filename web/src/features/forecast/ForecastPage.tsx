import "./words";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Segmented } from "antd";
import { Settings } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { usePower } from "@/api/session";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { formatDate, localDay } from "@/ui/format";
import { IconButton } from "@/ui/IconButton";
import { Bone, ErrorState } from "@/ui/State";
import { Changes } from "./Changes";
import styles from "./Forecast.module.css";
import { PeriodSwitch } from "./PeriodSwitch";
import { useSheet } from "./read";
import { Sheet } from "./Sheet";

const SettingsPanel = lazy(() => import("./SettingsPanel"));
type Search = { period?: string; tab?: string; currency?: string };

/** What the deals say, what those who lead expect, and what changed since. */
export function ForecastPage() {
  const { t, language } = useSpeech();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Search;
  const sheet = useSheet(search.period);
  const maySet = usePower("configure");
  const [setting, setSetting] = useState(false);
  const go = (change: Search) => void navigate({ to: ".", replace: true, search: ((old: Search) => ({ ...old, ...change })) as never });
  const tab = search.tab === "changes" ? "changes" : "sheet";
  if (sheet.isError) return <ErrorState error={sheet.error} onRetry={() => void sheet.refetch()} />;
  const data = sheet.data;
  const currency = data?.currencies.find((code) => code === search.currency) ?? data?.currency ?? "";
  return (
    <div className={styles["page"]} data-testid="forecast">
      <header className={styles["head"]}>
        <h1 className={styles["title"]}>{t("forecast.title")}</h1>
        <Segmented aria-label={t("forecast.title")} value={tab} options={[{ value: "sheet", label: t("forecast.sheet") }, { value: "changes", label: t("forecast.changes") }]} onChange={(next) => go({ tab: next })} />
        {data && data.currencies.length > 1 && <div style={{ width: 96 }}><Choose label={t("forecast.currency")} clearable={false} value={currency} options={data.currencies.map((code) => ({ value: code, text: code }))} onPick={(code) => go({ currency: String(code) })} /></div>}
        {data && <PeriodSwitch period={data.period} onChange={(period) => go({ period })} />}
        {maySet && <IconButton label={t("forecast.settings")} onClick={() => setSetting(true)}><Settings size={16} /></IconButton>}
      </header>
      {setting && <Suspense fallback={null}><SettingsPanel onClose={() => setSetting(false)} /></Suspense>}
      {!data && <Bone height={320} />}
      {data && tab === "sheet" && (
        <>
          <p className={styles["hint"]}>{data.since ? t("forecast.sinceWeek", { date: formatDate(localDay(data.since.taken_at), language) }) : t("forecast.noSince")}</p>
          <Sheet data={data} currency={currency} />
        </>
      )}
      {data && tab === "changes" && <Changes sheet={data} currency={currency} />}
    </div>
  );
}
