import { Paperclip, X } from "lucide-react";
import { useRef, useState, type DragEvent, type ReactNode } from "react";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import type { EditorProps } from "../contract";
import { EndButtons } from "../parts/EndButtons";
import styles from "./File.module.css";
import { heldOf, orNone, send, type Held } from "./files";

interface Props extends EditorProps {
  accept?: string | undefined;
  /** How one file is shown in the list. */
  show: (file: Held) => ReactNode;
}

/** Chosen or dropped files are sent at once; the record takes them when it is saved. */
export function Upload({ value, field, onChange, onCommit, onCancel, id, describedBy, label, accept, show }: Props) {
  const { t } = useSpeech();
  const input = useRef<HTMLInputElement>(null);
  const [sending, setSending] = useState(0);
  const [share, setShare] = useState<number | null>(null);
  const [over, setOver] = useState(false);
  const held = heldOf(value);
  const most = field.config.most ?? 1;
  const take = async (files: FileList | null) => {
    const chosen = [...(files ?? [])].slice(0, Math.max(0, most - held.length));
    let now = held;
    setSending(chosen.length);
    for (const file of chosen) {
      try {
        now = [...now, await send(field.id, file, file.name, setShare)];
        onChange(orNone(now));
      } catch (error) {
        complain(error, t);
      }
      setSending((left) => left - 1);
      setShare(null);
    }
    if (input.current) input.current.value = "";
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files);
  };
  return (
    <div className={styles["upload"]} data-over={over || undefined} onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={drop}>
      {held.map((file) => (
        <span key={file.id} className={styles["held"]}>
          {show(file)}
          <button type="button" aria-label={t("file.remove", { name: file.name })} onClick={() => onChange(orNone(held.filter((each) => each.id !== file.id)))}><X size={14} aria-hidden /></button>
        </span>
      ))}
      {held.length < most && (
        <label className={styles["choose"]}>
          <Paperclip size={14} aria-hidden />
          {sending === 0 ? t("file.choose") : share === null ? t("file.sending") : t("file.sendingShare", { share: Math.round(share * 100) })}
          <input ref={input} id={id} type="file" aria-label={label} aria-describedby={describedBy} multiple={most > 1} accept={accept} disabled={sending > 0} onChange={(event) => void take(event.target.files)} />
        </label>
      )}
      {share !== null && <progress className={styles["progress"]} value={share} aria-label={t("file.sending")} />}
      {onCommit && <EndButtons onSave={() => onCommit(orNone(held))} onCancel={onCancel} />}
    </div>
  );
}
