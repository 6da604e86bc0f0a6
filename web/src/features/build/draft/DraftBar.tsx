import { Button } from "antd";
import { PencilRuler, Undo2 } from "lucide-react";
import { useState } from "react";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import styles from "../Build.module.css";
import { useDraft } from "./context";
import { ReviewPanel } from "./ReviewPanel";

/** What the draft holds, always in sight: nothing of it is anybody's yet until it is published. */
export function DraftBar() {
  const { t } = useSpeech();
  const draft = useDraft();
  const [reviewing, setReviewing] = useState(false);
  const count = draft.set?.operations.length ?? 0;
  if (!draft.set || count === 0) return null;
  return (
    <section className={styles["bar"]} aria-label={t("draft.title")} aria-busy={draft.busy} data-testid="draft-bar">
      <PencilRuler size={16} aria-hidden />
      <span className={styles["barText"]} role="status">{t("draft.count", { n: count })}</span>
      <Button size="small" type="text" icon={<Undo2 size={14} />} disabled={draft.busy} onClick={() => void draft.undo().catch((error: unknown) => complain(error, t))}>{t("draft.undo")}</Button>
      <Button size="small" type="primary" onClick={() => setReviewing(true)}>{t("draft.review")}</Button>
      {reviewing && <ReviewPanel onClose={() => setReviewing(false)} />}
    </section>
  );
}
