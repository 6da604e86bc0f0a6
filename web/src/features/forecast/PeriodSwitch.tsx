import { Segmented } from "antd";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useSpeech } from "@/messages";
import { IconButton } from "@/ui/IconButton";
import styles from "./Forecast.module.css";
import { periodName, type PeriodData } from "./model";

/** Back and forth in time, by month, quarter or year. */
export function PeriodSwitch({ period, onChange }: { period: PeriodData; onChange: (key: string) => void }) {
  const { t, language } = useSpeech();
  const kinds = ["month", "quarter", "year"] as const;
  return (
    <>
      <Segmented aria-label={t("forecast.kind")} value={period.kind} options={kinds.map((kind) => ({ value: kind, label: t(`forecast.${kind}`) }))} onChange={(kind) => onChange(period.kinds[kind])} />
      <span className={styles["switch"]}>
        <IconButton label={t("forecast.previous")} onClick={() => onChange(period.previous)}><ChevronLeft size={16} /></IconButton>
        <span className={styles["period"]} data-testid="period">{periodName(period, language)}</span>
        <IconButton label={t("forecast.next")} onClick={() => onChange(period.next)}><ChevronRight size={16} /></IconButton>
      </span>
    </>
  );
}
