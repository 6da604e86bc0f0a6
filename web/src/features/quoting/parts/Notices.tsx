import { Lock, TriangleAlert } from "lucide-react";
import { useSpeech } from "@/messages";
import { explain } from "@/ui/says";
import { formatNumber } from "@/ui/format";
import { isReference } from "@/fields/relation/references";
import type { DocumentData, DocumentObject } from "../model/types";
import type { Result } from "../useCalculated";
import { HEADER } from "./HeaderFields";
import styles from "../Quoting.module.css";

/** States in which a discount may still want somebody's yes. */
const OPEN = new Set(["draft", "pending"]);
const BESIDE = new Set(["discount", "reduction"]);

/** What stands in the way: locked, a discount to be approved, a rate or price that is missing. */
export function Notices({ object, data, result }: { object: DocumentObject; data: DocumentData; result: Result }) {
  const { t, language } = useSpeech();
  const { document } = data;
  const largest = result.largest_discount ? `${formatNumber(result.largest_discount, language)}%` : "";
  const by = isReference(document["released_by"]) ? document["released_by"].label : null;
  const elsewhere = result.problems.filter((each) => !HEADER[object].includes(each.field) && !BESIDE.has(each.field));
  const failed = result.failed && elsewhere.length === 0 && result.problems.length === 0 ? explain(result.failed, t) : null;
  return (
    <div className={styles["notices"]} aria-live="polite">
      {data.locked && <p className={styles["notice"]}><Lock size={14} aria-hidden />{data.reason?.text || t("quoting.locked")}</p>}
      {object === "quote" && result.needs_approval && !by && OPEN.has(String(document["status"])) && <p className={styles["warn"]} data-testid="needs-approval"><TriangleAlert size={14} aria-hidden />{t("quoting.needsApproval", { largest })}</p>}
      {by && <p className={styles["notice"]} data-testid="released">{t("quoting.releasedBy", { name: by, note: String(document["release_note"] ?? "") })}</p>}
      {Boolean(document["decline_reason"]) && <p className={styles["warn"]}>{t("quoting.declinedFor", { reason: String(document["decline_reason"]) })}</p>}
      {elsewhere.map((each) => <p key={`${each.field} ${each.message}`} className={styles["bad"]} role="alert">{each.message}</p>)}
      {failed && <p className={styles["bad"]} role="alert">{failed}</p>}
    </div>
  );
}
