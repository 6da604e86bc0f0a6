import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useSpeech } from "@/messages";
import styles from "./Duplicates.module.css";
import { useMergeable } from "./model";

/** The frame of the screens of duplicates. */
export function DuplicatesFrame({ hint, children }: { hint: string; children: ReactNode }) {
  const { t } = useSpeech();
  const mergeable = useMergeable();
  return (
    <div className={styles["page"]}>
      <div className={styles["inner"]}>
        <header className={styles["head"]}><div><h1 className={styles["title"]}>{t("dup.title")}</h1><p className={styles["hint"]}>{hint}</p></div></header>
        <nav className={styles["tabs"]} aria-label={t("dup.tabs")}>
          <Link to="/duplicates/check" className={styles["tab"]}>{t("dup.tab.ask")}</Link>
          {mergeable.length > 0 && <Link to="/duplicates/review" className={styles["tab"]} activeOptions={{ includeSearch: false }}>{t("dup.tab.review")}</Link>}
          {mergeable.length > 0 && <Link to="/duplicates/merges" className={styles["tab"]}>{t("dup.tab.merges")}</Link>}
        </nav>
        {children}
      </div>
    </div>
  );
}
