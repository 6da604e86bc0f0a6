import { Button } from "antd";
import { Copy } from "lucide-react";
import type { ReactNode } from "react";
import { ProblemError } from "@/api/client";
import { useSpeech } from "@/messages";
import { copyText } from "./copy";
import { Drawing, type DrawingKind } from "./Drawing";
import { IconButton } from "./IconButton";
import styles from "./State.module.css";

interface Props {
  drawing: DrawingKind;
  title: string;
  hint?: ReactNode;
  children?: ReactNode;
}

/** A whole area with nothing to show: one drawing, one sentence, one action. */
export function State({ drawing, title, hint, children }: Props) {
  return (
    <div className={styles["state"]}>
      <Drawing kind={drawing} />
      <h2 className={styles["title"]}>{title}</h2>
      {hint && <p className={styles["hint"]}>{hint}</p>}
      {children && <div className={styles["actions"]}>{children}</div>}
    </div>
  );
}

/** What went wrong, in the shape its kind deserves: denied, not found, no network, or a fault with its reference. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  const { t } = useSpeech();
  const problem = error instanceof ProblemError ? error : null;
  if (problem?.status === 403) return <State drawing="denied" title={t("state.deniedTitle")} hint={problem.message || t("state.deniedHint")} />;
  if (problem?.status === 404) return <State drawing="missing" title={t("state.notFoundTitle")} hint={t("state.notFoundHint")} />;
  const hint = problem?.code === "network" ? t("state.network") : problem?.message || t("state.errorHint");
  return (
    <State drawing="error" title={t("state.errorTitle")} hint={hint}>
      {onRetry && <Button onClick={onRetry}>{t("action.retry")}</Button>}
      {problem?.reference && (
        <span className={styles["reference"]}>
          {t("state.reference", { reference: problem.reference })}
          <IconButton small label={t("action.copy")} onClick={() => void copyText(problem.reference ?? "")}><Copy size={13} /></IconButton>
        </span>
      )}
    </State>
  );
}

export function Bone({ width = "100%", height = 12 }: { width?: number | string; height?: number }) {
  return <span className={styles["bone"]} style={{ width, height }} aria-hidden />;
}
