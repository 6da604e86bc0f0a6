import "./words";
import { useSpeech } from "@/messages";
import { formatDateTime } from "@/ui/format";
import { Bone, ErrorState } from "@/ui/State";
import { Dot, Tag } from "@/ui/Tag";
import settings from "../Settings.module.css";
import styles from "./Health.module.css";
import { toneOf, useHealth, type Check, type Health } from "./health";
import { Failures, Slow } from "./Places";

function CheckRow({ check }: { check: Check }) {
  const { t } = useSpeech();
  const state = t(`health.state.${check.state}`);
  return (
    <li className={styles["check"]} data-state={check.state} data-testid={`health-${check.key}`}>
      <span className={styles["mark"]} role="img" aria-label={state}><Dot color={toneOf[check.state]} /></span>
      <span className={styles["label"]}>{check.label}</span>
      <span className={styles["says"]}>{check.says}</span>
      {check.advice && <p className={styles["advice"]}>{check.advice}</p>}
    </li>
  );
}

function Section({ section }: { section: Health["sections"][number] }) {
  const { t } = useSpeech();
  return (
    <section className={styles["card"]} aria-labelledby={`health-section-${section.key}`}>
      <header className={styles["head"]}>
        <h3 id={`health-section-${section.key}`} className={styles["heading"]}>{section.label}</h3>
        {section.state !== "good" && <Tag color={toneOf[section.state]}>{t(`health.state.${section.state}`)}</Tag>}
      </header>
      <ul>{section.checks.map((check) => <CheckRow key={check.key} check={check} />)}</ul>
    </section>
  );
}

/** How the installation is, what to do where it is not well, and where time goes. */
export function HealthPage() {
  const { t, language } = useSpeech();
  const found = useHealth(language);
  const health = found.data;
  const at = health && formatDateTime(health.at, language);
  return (
    <div data-testid="health-page">
      <header className={settings["head"]}>
        <div>
          <h2 className={settings["title"]}>{t("settings.health")}</h2>
          <p className={settings["hint"]}>{t("health.hint")}</p>
        </div>
      </header>
      {found.isPending && <Bone width="60%" />}
      {found.isError && !health && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {health && at && (
        <>
          <p className={styles["overall"]} data-state={health.state} role="status" data-testid="health-overall">
            <Dot color={toneOf[health.state]} />
            <strong>{t(`health.overall.${health.state}`)}</strong>
            <span className={styles["at"]}>{found.isError ? t("health.late", { at }) : t("health.at", { at })}</span>
          </p>
          <div className={styles["cards"]}>{health.sections.map((section) => <Section key={section.key} section={section} />)}</div>
          <Failures failures={health.failures} />
          <Slow places={health.slow} />
        </>
      )}
    </div>
  );
}
