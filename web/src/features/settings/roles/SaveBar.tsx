import { Button } from "antd";
import { useSpeech } from "@/messages";
import styles from "./Roles.module.css";
import type { RoleDesk } from "./useRoleDraft";

/** How much is not saved yet, and the choice when somebody else saved first. */
export function SaveBar({ desk }: { desk: RoleDesk }) {
  const { t } = useSpeech();
  const { changes, busy, conflict } = desk;
  if (changes.size === 0 && !conflict) return null;
  return (
    <div className={styles["bar"]} role="region" aria-label={t("state.unsaved")} data-testid="save-bar">
      {conflict ? (
        <>
          <p role="alert">{t("save.conflict")}</p>
          <Button onClick={() => desk.resolve(false)}>{t("save.theirs")}</Button>
          <Button type="primary" onClick={() => desk.resolve(true)}>{t("save.mine")}</Button>
        </>
      ) : (
        <>
          <p>{t("save.changes", { n: changes.size })}</p>
          <Button onClick={desk.undo}>{t("action.undo")}</Button>
          <Button type="primary" loading={busy} onClick={() => void desk.save()}>{t("action.save")}</Button>
        </>
      )}
    </div>
  );
}
