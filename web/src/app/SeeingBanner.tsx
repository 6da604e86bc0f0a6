import { Button } from "antd";
import { Eye } from "lucide-react";
import { api } from "@/api/client";
import { endSeeing } from "@/api/seeing";
import { useSession } from "@/api/session";
import { useSpeech } from "@/messages";
import styles from "./Shell.module.css";

/** On every page of a window that looks through somebody's eyes. */
export function SeeingBanner() {
  const { t } = useSpeech();
  const { user, seeing } = useSession();
  if (!seeing) return null;
  // Whether or not the server could be told, this window forgets.
  const end = () => void api.delete("/sessions/current").catch(() => undefined).then(endSeeing);
  return (
    <div className={styles["seeing"]} role="status" data-testid="seeing-banner">
      <Eye size={14} aria-hidden />
      <span>{t("see.banner", { name: user.name })}</span>
      <Button size="small" onClick={end}>{t("see.end")}</Button>
    </div>
  );
}
