import { Button, Input } from "antd";
import { useState } from "react";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";

interface Props {
  title: string;
  label: string;
  hint?: string | undefined;
  needed?: boolean | undefined;
  danger?: boolean | undefined;
  busy: boolean;
  onDone: (note: string) => void;
  onClose: () => void;
}

/** A step that may or must say why. */
export function NotePanel({ title, label, hint, needed, danger, busy, onDone, onClose }: Props) {
  const { t } = useSpeech();
  const [note, setNote] = useState("");
  return (
    <Panel title={title} onClose={onClose} footer={<><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="primary" danger={danger ?? false} loading={busy} disabled={busy || (needed === true && note.trim() === "")} onClick={() => onDone(note.trim())}>{title}</Button></>}>
      {hint && <p style={{ marginBottom: 12 }}>{hint}</p>}
      <FormRow label={label} required={needed}>{({ id }) => <Input.TextArea id={id} value={note} autoFocus rows={4} maxLength={500} onChange={(event) => setNote(event.target.value)} />}</FormRow>
    </Panel>
  );
}
