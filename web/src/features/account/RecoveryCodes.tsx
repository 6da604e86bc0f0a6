import { Button } from "antd";
import { Copy } from "lucide-react";
import { useSpeech } from "@/messages";
import { copyText } from "@/ui/copy";
import { Panel } from "@/ui/Panel";
import { toast } from "@/ui/toast";
import styles from "./Account.module.css";

/** Codes that are shown once. */
export function RecoveryCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const { t } = useSpeech();
  const copy = () => void copyText(codes.join("\n")).then(() => toast(t("action.copied")));
  return (
    <Panel title={t("account.recovery")} onClose={onClose} footer={<Button type="primary" icon={<Copy size={14} />} onClick={copy}>{t("action.copy")}</Button>}>
      <p>{t("account.recoveryKeep")}</p>
      <div className={styles["codes"]} data-testid="recovery-codes">{codes.map((code) => <span key={code}>{code}</span>)}</div>
    </Panel>
  );
}
