import { Button, Popconfirm } from "antd";
import { MessageSquare } from "lucide-react";
import { useState } from "react";
import type { CommentItem } from "@/api/timeline";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import { withIds, type Mentioned } from "../composer/mention";
import { MentionText } from "../composer/MentionText";
import { Frame, ViaLink } from "./Frame";
import { pieces, plainOf } from "./model";
import styles from "./Timeline.module.css";
import type { Desk } from "./useTimeline";

/** Text as text; who is mentioned stands out by name. */
function Body({ body }: { body: string }) {
  return <>{pieces(body).map((piece, index) => ("text" in piece ? piece.text : <span key={index} className={styles["mention"]}>@{piece.name}</span>))}</>;
}

function Edit({ item, desk, onClose }: { item: CommentItem; desk: Desk; onClose: () => void }) {
  const { t } = useSpeech();
  const { comment } = item;
  const [text, setText] = useState(plainOf(comment.body));
  const [busy, setBusy] = useState(false);
  const [named, setNamed] = useState<Mentioned[]>(() => pieces(comment.body).flatMap((piece) => ("id" in piece ? [{ id: piece.id, name: piece.name }] : [])));
  const save = async () => {
    if (!text.trim()) return;
    setBusy(true);
    await desk.changeComment(comment.id, withIds(text.trim(), named), comment.version).then(onClose, (error: unknown) => complain(error, t));
    setBusy(false);
  };
  return (
    <div className={styles["edit"]} onKeyDown={(event) => event.key === "Escape" && !event.defaultPrevented && onClose()}>
      <MentionText
        value={text} label={t("timeline.editComment")} placeholder={t("composer.comment")} minRows={2} mentions autoFocus readOnly={busy} onSave={() => void save()}
        onChange={(next, mentioned) => {
          setText(next);
          if (mentioned) setNamed((now) => [...now, mentioned]);
        }}
      />
      <div className={styles["foot"]}>
        <Button size="small" onClick={onClose}>{t("action.cancel")}</Button>
        <Button size="small" type="primary" loading={busy} disabled={!text.trim()} onClick={() => void save()}>{t("action.save")}</Button>
      </div>
    </div>
  );
}

/** What somebody said; its writer may change it or take it away. */
export function CommentLine({ item, desk, dated }: { item: CommentItem; desk: Desk; dated?: boolean }) {
  const { t } = useSpeech();
  const [open, setOpen] = useState(false);
  const [editing, setEditing] = useState(false);
  const { comment } = item;
  const remove = () => desk.removeComment(comment.id).then(() => toast(t("timeline.commentGone")), (error: unknown) => complain(error, t));
  return (
    <Frame item={item} desk={desk} dated={dated ?? false} icon={<MessageSquare size={13} aria-hidden />}>
      <button type="button" className={cx(styles["line"], open && styles["opened"])} aria-expanded={open} onClick={() => setOpen(!open)}>
        <span className={styles["quiet"]}>{t("timeline.said", { name: comment.author.label ?? t("timeline.system") })}</span>
        <Body body={comment.body} />
      </button>
      <ViaLink via={item.via} />
      {open && comment.mine && !editing && (
        <div className={styles["acts"]}>
          <Button size="small" type="text" onClick={() => setEditing(true)}>{t("action.edit")}</Button>
          <Popconfirm title={t("timeline.deleteComment")} okText={t("action.delete")} cancelText={t("action.cancel")} onConfirm={() => void remove()}>
            <Button size="small" type="text" danger>{t("action.delete")}</Button>
          </Popconfirm>
        </div>
      )}
      {editing && <Edit item={item} desk={desk} onClose={() => setEditing(false)} />}
    </Frame>
  );
}
