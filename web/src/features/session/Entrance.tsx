import type { ReactNode } from "react";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { Brand } from "@/ui/icons";
import styles from "./Entrance.module.css";

/** The card in the middle of a quiet page that all screens before signing in share. */
export function Entrance({ title, hint, wide, children }: { title: string; hint: string; wide?: boolean; children?: ReactNode }) {
  const { t } = useSpeech();
  return (
    <main className={styles["page"]}>
      <div className={cx(styles["card"], wide && styles["wide"])}>
        <div className={styles["brand"]}><Brand size={28} />{t("app.name")}</div>
        <h1 className={styles["title"]}>{title}</h1>
        <p className={styles["hint"]}>{hint}</p>
        {children}
      </div>
    </main>
  );
}
