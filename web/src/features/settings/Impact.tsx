import type { ChangeSet } from "@/api/types";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import styles from "./Settings.module.css";

/** What a change would do, in numbers, before it is done. */
export function Impact({ change }: { change: ChangeSet }) {
  const { t, say } = useSpeech();
  const lost = change.operations.reduce((sum, operation) => sum + (operation.values_lost ?? 0), 0);
  return (
    <div className={cx(styles["impact"], lost > 0 && styles["warn"])} data-testid="impact">
      <h3>{t("fields.impact")}</h3>
      {change.operations.map((operation, index) => (
        <p key={index}>
          {say(operation.summary)}
          {operation.rows_affected ? ` · ${t("fields.impactRows", { n: operation.rows_affected })}` : ""}
          {operation.reversible === false ? ` · ${t("fields.irreversible")}` : ""}
        </p>
      ))}
      <p><strong>{lost > 0 ? t("fields.impactLost", { n: lost }) : t("fields.impactNone")}</strong></p>
    </div>
  );
}
