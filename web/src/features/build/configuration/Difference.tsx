import { useSpeech } from "@/messages";
import styles from "../Build.module.css";
import { useWords } from "../draft/words";
import type { Operation } from "../model";

export interface Found {
  operations: Operation[];
  clashes: { object: string; field: string | null; code: string; message: string }[];
  only_here: string[];
}

/** What a file or a sandbox would do here, where it cannot, and what only this workspace has. */
export function Difference({ found, same }: { found: Found; same?: string }) {
  const { t } = useSpeech();
  const words = useWords();
  return (
    <div data-testid="difference">
      {found.clashes.length > 0 && (
        <div className={styles["refused"]} role="alert">
          <strong>{t("configuration.clashes")}</strong>
          <ul>{found.clashes.map((clash, index) => <li key={index}><code className={styles["code"]}>{[clash.object, clash.field].filter(Boolean).join(".")}</code> {clash.message}</li>)}</ul>
        </div>
      )}
      <h4>{t("configuration.operations", { n: found.operations.length })}</h4>
      <ol className={styles["operations"]} aria-label={t("configuration.difference")}>{found.operations.map((operation, index) => <li key={index} className={styles["operation"]}><p>{words(operation)}</p></li>)}</ol>
      {found.operations.length === 0 && <p className={styles["fine"]}>{same ?? t("configuration.same")}</p>}
      {found.only_here.length > 0 && <details className={styles["more"]}><summary>{t("configuration.onlyHere", { n: found.only_here.length })}</summary><ul className={styles["plain"]}>{found.only_here.map((each, index) => <li key={index}><code className={styles["code"]}>{each}</code></li>)}</ul></details>}
    </div>
  );
}
