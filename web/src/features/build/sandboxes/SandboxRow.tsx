import { useQueryClient } from "@tanstack/react-query";
import { Button, Popconfirm } from "antd";
import { LogIn } from "lucide-react";
import { useState } from "react";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import build from "../Build.module.css";
import { sandboxApi, sandboxKeys, type Sandbox } from "./api";
import styles from "./Sandboxes.module.css";

/** One sandbox and what can be done with it. */
export function SandboxRow({ box, onLook }: { box: Sandbox; onLook: () => void }) {
  const { t } = useSpeech();
  const client = useQueryClient();
  const [busy, setBusy] = useState<"enter" | "remove" | null>(null);
  const attempt = async (what: "enter" | "remove", work: () => Promise<void>) => {
    setBusy(what);
    try {
      await work();
    } catch (error) {
      complain(error, t);
      setBusy(null);
    }
  };
  // Another workspace begins: nothing of this one may stay in the window.
  const enter = () => attempt("enter", async () => {
    await sandboxApi.enter(box.key);
    window.location.assign("/");
  });
  const remove = () => attempt("remove", async () => {
    await sandboxApi.remove(box.key);
    await client.invalidateQueries({ queryKey: sandboxKeys.list });
    toast(t("sandboxes.removed", { name: box.name }));
  });
  return (
    <li className={styles["row"]}>
      <div>
        <p className={styles["name"]}>{box.name}</p>
        {!box.enterable && <p className={build["hint"]}>{t("sandboxes.another")}</p>}
      </div>
      <span className={styles["does"]}>
        {box.enterable && <Button size="small" icon={<LogIn size={14} />} loading={busy === "enter"} disabled={busy === "remove"} onClick={() => void enter()}>{t("sandboxes.enter")}</Button>}
        <Button size="small" disabled={busy !== null} onClick={onLook}>{t("sandboxes.changed")}</Button>
        <Popconfirm title={t("sandboxes.removeSure", { name: box.name })} description={t("sandboxes.removeWhat")} okText={t("sandboxes.remove")} okButtonProps={{ danger: true }} cancelText={t("action.cancel")} onConfirm={remove}>
          <Button size="small" type="text" danger loading={busy === "remove"} disabled={busy === "enter"}>{t("sandboxes.remove")}</Button>
        </Popconfirm>
      </span>
    </li>
  );
}
