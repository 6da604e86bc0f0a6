import { Button } from "antd";
import { useSession } from "@/api/session";
import { openHelp } from "@/features/base/openers";
import { useSpeech } from "@/messages";
import { useStored } from "@/ui/hooks";
import styles from "./Help.module.css";

/** On the first day: an offer, not a wall. It goes when it was taken or declined. */
export function Welcome() {
  const { t } = useSpeech();
  const { user } = useSession();
  const [seen, setSeen] = useStored(`banyan.toured.${user.id}`, false);
  if (seen) return null;
  return (
    <aside className={styles["welcome"]} data-testid="welcome" aria-label={t("help.tour")}>
      <span>{t("help.welcome")}</span>
      <Button size="small" type="primary" onClick={() => { setSeen(true); openHelp("tour"); }}>{t("help.tour")}</Button>
      <Button size="small" type="text" onClick={() => setSeen(true)}>{t("help.later")}</Button>
    </aside>
  );
}
