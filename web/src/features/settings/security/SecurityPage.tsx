import { MailSection } from "./MailSection";
import { PolicySection } from "./PolicySection";
import { ProvidersSection } from "./ProvidersSection";
import styles from "./Security.module.css";

/** How people of the workspace sign in. */
export function SecurityPage() {
  return <div className={styles["page"]} data-testid="security"><PolicySection /><MailSection /><ProvidersSection /></div>;
}
