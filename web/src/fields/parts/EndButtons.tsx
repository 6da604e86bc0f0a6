import { Button } from "antd";
import { useSpeech } from "@/messages";

/** Editors of several inputs end by a button: leaving one of them may only lead to the next. */
export function EndButtons({ onSave, onCancel }: { onSave: () => void; onCancel?: (() => void) | undefined }) {
  const { t } = useSpeech();
  return (
    <span style={{ display: "flex", gap: 6, justifyContent: "flex-end" }}>
      {onCancel && <Button size="small" onClick={onCancel}>{t("action.cancel")}</Button>}
      <Button size="small" type="primary" onClick={onSave}>{t("action.save")}</Button>
    </span>
  );
}
