import { useBlocker } from "@tanstack/react-router";
import { Button } from "antd";
import { useSpeech } from "@/messages";
import styles from "./Roles.module.css";
import type { RoleDesk } from "./useRoleDraft";

/** How much is not saved yet, and the choice when somebody else saved first. */
export function SaveBar({ desk }: { desk: RoleDesk }) {
  const { t } = useSpeech();
  const { changes, busy, conflict } = desk;
  const dirty = changes.size > 0;
  // Another tab of the same role keeps the draft; any other page would lose it.
  const leaving = useBlocker({ shouldBlockFn: ({ current, next }) => dirty && current.pathname !== next.pathname, enableBeforeUnload: () => dirty, withResolver: true });
  if (!dirty && !conflict) return null;
  return (
    <div className={styles["bar"]} role="region" aria-label={t("state.unsaved")} data-testid="save-bar">
      {leaving.status === "blocked" ? (
        <>
          <p role="alert">{t("save.leaving", { n: changes.size })}</p>
          <Button danger onClick={leaving.proceed}>{t("save.leave")}</Button>
          <Button type="primary" onClick={leaving.reset}>{t("save.stay")}</Button>
        </>
      ) : conflict ? (
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
