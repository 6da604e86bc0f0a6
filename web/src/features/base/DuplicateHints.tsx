import { Button } from "antd";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useSpeech } from "@/messages";
import type { DuplicateMatch } from "./duplicates";
import styles from "./DuplicateHints.module.css";

/** Whose a match is, or where it lies. */
export function useWhere() {
  const { t } = useSpeech();
  return (match: Pick<DuplicateMatch, "state" | "owner" | "pool">) =>
    match.state === "owned" ? t("dup.state.owned", { owner: match.owner ?? "—" }) : match.state === "in_pool" ? t("dup.state.in_pool", { pool: match.pool ?? "" }) : t("dup.state.free");
}

interface Props {
  matches: readonly DuplicateMatch[];
  /** What the form may do about it, e.g. save all the same. */
  children?: ReactNode;
  /** Where a form offers to use the match itself instead, as in a conversion. */
  onUse?: ((match: DuplicateMatch) => void) | undefined;
  useLabel?: string;
}

/** What is there already while a form is filled in: open it, claim it, or go on. */
export function DuplicateHints({ matches, children, onUse, useLabel }: Props) {
  const { t } = useSpeech();
  const where = useWhere();
  const first = matches[0];
  if (!first) return null;
  const inPool = (match: DuplicateMatch) => match.state === "in_pool";
  return (
    <div className={styles["box"]} data-action={first.action} role="status" data-testid="duplicate-hints">
      <p className={styles["title"]}>{t(`dup.hint.${first.action}`)}</p>
      {matches.slice(0, 5).map((match, index) => (
        <div key={match.id ?? index} className={styles["line"]}>
          <span className={styles["name"]}>{match.name}</span>
          <span className={styles["meta"]}>{where(match)} · {match.rules.join(t("list.comma"))}</span>
          {match.id && onUse && <Button size="small" onClick={() => onUse(match)}>{useLabel}</Button>}
          {match.id ? <Link to="/o/$object/$id" params={{ object: match.object, id: match.id }} target="_blank"><Button size="small" type="link">{t(inPool(match) ? "dup.claim" : "dup.open")}</Button></Link> : <span className={styles["meta"]}>{t("dup.notYours")}</span>}
        </div>
      ))}
      {children}
    </div>
  );
}
