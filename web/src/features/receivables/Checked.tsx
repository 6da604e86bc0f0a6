import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { api } from "@/api/client";
import { useSpeech } from "@/messages";
import { formatDateTime } from "@/ui/format";
import type { Report } from "./model";
import { useMoneyAct, useReport } from "./read";
import styles from "./Receivables.module.css";

/** The check of the night: whether all sums are what their rows make, and which are not. */
export function Checked() {
  const { t, language } = useSpeech();
  const report = useReport(true).data;
  const { act, busy } = useMoneyAct();
  if (!report) return null;
  const { last, findings } = report;
  const at = last ? formatDateTime(last.at, language) : "";
  const said = !last ? t("receivables.checkNever") : last.findings ? t("receivables.checkBad", { at, n: last.findings }) : t("receivables.checkGood", { at, n: last.rules });
  return (
    <section className={styles["block"]} data-testid="reconciliation">
      <div className={styles["blockHead"]}>
        <h2>{t("receivables.check")}</h2>
        <Button size="small" loading={busy} disabled={busy} onClick={() => void act(() => api.post<Report>("/receivables/reconciliation/run", {}), t("receivables.check"))}>{t("receivables.checkNow")}</Button>
      </div>
      <p className={last?.findings ? styles["late"] : styles["hint"]}>{said}</p>
      {findings.length > 0 && (
        <div className={styles["wrap"]}>
          <table className={styles["table"]}>
            <thead><tr><th>{t("receivables.rule")}</th><th>{t("receivables.record")}</th><th className={styles["number"]}>{t("receivables.expected")}</th><th className={styles["number"]}>{t("receivables.found")}</th></tr></thead>
            <tbody>
              {findings.map((each) => (
                <tr key={`${each.rule} ${each.object} ${each.id} ${each.expected}`}>
                  <td>{each.text}</td>
                  <td>{each.object ? <Link to="/o/$object/$id" params={{ object: each.object, id: each.id }}>{each.label ?? each.id}</Link> : each.id}</td>
                  <td className={styles["number"]}>{each.expected}</td>
                  <td className={styles["number"]}>{each.found}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
