import { useSpeech } from "@/messages";
import { formatDateTime, formatNumber } from "@/ui/format";
import settings from "../Settings.module.css";
import styles from "./Health.module.css";
import type { Failure, SlowPlace } from "./health";

/** Which jobs failed, and why the last time. */
export function Failures({ failures }: { failures: Failure[] }) {
  const { t, language } = useSpeech();
  if (!failures.length) return null;
  return (
    <section className={styles["part"]}>
      <h3 className={styles["heading"]}>{t("health.failures")}</h3>
      <table className={styles["table"]} data-testid="health-failures">
        <thead><tr><th>{t("health.job")}</th><th>{t("health.reason")}</th><th className={styles["number"]}>{t("health.times")}</th><th>{t("health.last")}</th></tr></thead>
        <tbody>
          {failures.map((each) => (
            <tr key={each.name}>
              <td className={settings["code"]}>{each.name}</td>
              <td>{each.reason ?? <span className={settings["code"]}>{each.code}</span>}</td>
              <td className={styles["number"]} data-label={t("health.times")}>{formatNumber(each.times, language)}</td>
              <td className={styles["time"]} data-label={t("health.last")}>{formatDateTime(each.last_at, language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Where({ place }: { place: SlowPlace }) {
  const { t } = useSpeech();
  const view = place.view_id && (place.view ? t("health.view", { name: place.view }) : t("health.ownView"));
  const words = [place.kind === "job" ? t("health.background") : place.object_label, view].filter(Boolean).join(" · ");
  return (
    <>
      {words && <span className={styles["what"]}>{words}</span>}
      <span className={settings["code"]}>{place.route}</span>
    </>
  );
}

/** Where statements were slow, the costliest place first. */
export function Slow({ places }: { places: SlowPlace[] }) {
  const { t, language } = useSpeech();
  const ms = (value: number) => t("health.ms", { ms: formatNumber(value, language) });
  if (!places.length) return null;
  return (
    <section className={styles["part"]}>
      <h3 className={styles["heading"]}>{t("health.slow")}</h3>
      <table className={styles["table"]} data-testid="health-slow-places">
        <thead><tr><th>{t("health.place")}</th><th className={styles["number"]}>{t("health.times")}</th><th className={styles["number"]}>{t("health.median")}</th><th className={styles["number"]}>{t("health.longest")}</th><th>{t("health.last")}</th></tr></thead>
        <tbody>
          {places.map((place) => (
            <tr key={`${place.route} ${place.object_label ?? ""} ${place.view_id ?? ""}`}>
              <td className={styles["where"]}><Where place={place} /></td>
              <td className={styles["number"]} data-label={t("health.times")}>{formatNumber(place.times, language)}</td>
              <td className={styles["number"]} data-label={t("health.median")}>{ms(place.median_ms)}</td>
              <td className={styles["number"]} data-label={t("health.longest")}>{ms(place.longest_ms)}</td>
              <td className={styles["time"]} data-label={t("health.last")}>{formatDateTime(place.last_at, language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
