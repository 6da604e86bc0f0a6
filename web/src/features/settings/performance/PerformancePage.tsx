import "./words";
import { useSpeech } from "@/messages";
import { Bone, ErrorState } from "@/ui/State";
import settings from "../Settings.module.css";
import { useStanding } from "./advisor";
import { Made, Unused } from "./Indexes";
import { SlowViews } from "./SlowViews";

/** Which views read too much, the indexes made for them, and those that help nobody. */
export function PerformancePage() {
  const { t, language } = useSpeech();
  const standing = useStanding(language);
  return (
    <div data-testid="performance-page">
      <header className={settings["head"]}>
        <div>
          <h2 className={settings["title"]}>{t("settings.performance")}</h2>
          <p className={settings["hint"]}>{t("advisor.hint")}</p>
        </div>
      </header>
      <SlowViews indexes={standing.data?.indexes ?? []} />
      {standing.isPending && <Bone width="60%" />}
      {standing.isError && !standing.data && <ErrorState error={standing.error} onRetry={() => void standing.refetch()} />}
      {standing.data && <><Made indexes={standing.data.indexes} /><Unused unused={standing.data.unused} since={standing.data.since} judgedFrom={standing.data.judged_from} /></>}
    </div>
  );
}
