import { X } from "lucide-react";
import { useSpeech } from "@/messages";
import { cx } from "./cx";
import { dismissToast, useToasts } from "./toast";
import styles from "./Toasts.module.css";

export function Toasts() {
  const { t } = useSpeech();
  return (
    <div className={styles["stack"]} role="status" aria-live="polite">
      {useToasts().map((item) => (
        <div key={item.id} className={cx(styles["toast"], item.tone === "danger" && styles["danger"])}>
          <span>
            {item.text}
            {item.reference && <span className={styles["meta"]}> · {t("state.reference", { reference: item.reference })}</span>}
          </span>
          {item.action && (
            <button
              type="button"
              className={styles["action"]}
              onClick={() => {
                dismissToast(item.id);
                item.action?.run();
              }}
            >
              {item.action.label}
            </button>
          )}
          <button type="button" className={styles["close"]} aria-label={t("toast.dismiss")} onClick={() => dismissToast(item.id)}>
            <X size={14} />
          </button>
        </div>
      ))}
    </div>
  );
}
