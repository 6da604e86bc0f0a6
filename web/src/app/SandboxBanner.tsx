import { Button } from "antd";
import { FlaskConical } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import { useSession } from "@/api/session";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import styles from "./Shell.module.css";

/** On every page of a sandbox: what is done here is done to a copy, and this is the way back. */
export function SandboxBanner() {
  const { t } = useSpeech();
  const { workspace } = useSession();
  const [busy, setBusy] = useState(false);
  if (!workspace.sandbox_of) return null;
  const leave = async () => {
    setBusy(true);
    try {
      await api.post("/sandboxes/leave");
      // Home begins anew, where one sees what was changed here.
      window.location.assign("/settings/sandboxes");
    } catch (error) {
      complain(error, t);
      setBusy(false);
    }
  };
  return (
    <div className={styles["seeing"]} role="status" data-testid="sandbox-banner">
      <FlaskConical size={14} aria-hidden />
      <span>{t("sandbox.banner", { name: workspace.name })}</span>
      <Button size="small" loading={busy} onClick={() => void leave()}>{t("sandbox.leave")}</Button>
    </div>
  );
}
