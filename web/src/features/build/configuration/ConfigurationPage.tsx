import { useSpeech } from "@/messages";
import styles from "../Build.module.css";
import { ApplyFile } from "./ApplyFile";
import { ExportFile } from "./ExportFile";

/** The configuration as a file: taken along, looked at, put into another workspace. */
export function ConfigurationPage() {
  const { t } = useSpeech();
  return (
    <>
      <header className={styles["head"]}><div><h2 className={styles["title"]}>{t("settings.configuration")}</h2><p className={styles["hint"]}>{t("configuration.hint")}</p></div></header>
      <div className={styles["form"]}>
        <ExportFile />
        <ApplyFile />
      </div>
    </>
  );
}
