import { useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { ChevronDown, MessageSquare } from "lucide-react";
import { useRef, useState, type ReactNode } from "react";
import { useSession } from "@/api/session";
import type { Choice, ObjectType, RecordData } from "@/api/types";
import { keys } from "@/features/base/keys";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { IconButton } from "@/ui/IconButton";
import { explain } from "@/ui/says";
import { activityIcon, useActivityLink } from "../activity";
import styles from "./Composer.module.css";
import { Extras } from "./Extras";
import { MentionText } from "./MentionText";
import { COMMENT, SAYABLE } from "./plan";
import { useDraft } from "./useDraft";
import { useSave } from "./useSave";

/** What the field and its button say; what has happened is logged. */
const LOGGED = { label: "composer.label", placeholder: "composer.note", save: "composer.save" } as const;
const TASK = { label: "composer.label", placeholder: "composer.task", save: "composer.saveTask" } as const;
const SAID = { label: "composer.commentLabel", placeholder: "composer.comment", save: "composer.saveComment" } as const;
const wordsOf = (kind: string) => (kind === COMMENT ? SAID : kind === "task" ? TASK : LOGGED);

interface Props {
  type: ObjectType;
  record: RecordData;
  /** At the foot of a phone: one line until it is touched. */
  docked?: boolean;
}

function Kinds({ kinds, value, onChange, children }: { kinds: Choice[]; value: string; onChange: (kind: string) => void; children: ReactNode }) {
  const { t, say } = useSpeech();
  const radio = (key: string, label: string, Icon: typeof MessageSquare) => (
    <button key={key} type="button" role="radio" aria-checked={value === key} className={styles["kind"]} onClick={() => onChange(key)}>
      <Icon size={13} aria-hidden />{label}
    </button>
  );
  return (
    <div className={styles["kinds"]} role="radiogroup" aria-label={t("composer.kind")}>
      {kinds.map((choice) => radio(choice.key, say(choice.label), activityIcon(choice.key)))}
      {radio(COMMENT, t("composer.commentKind"), MessageSquare)}
      {children}
    </div>
  );
}

/** Logging what happened, planning what is next and saying something, in one place. */
export function Composer({ type, record, docked = false }: Props) {
  const link = useActivityLink(type.api_name);
  const client = useQueryClient();
  const { seeing } = useSession();
  const { t } = useSpeech();
  const kinds = (link?.kinds ?? []).filter((choice) => SAYABLE.includes(choice.key));
  const { draft, change, clear, restored } = useDraft(record.id, kinds[0]?.key ?? COMMENT);
  const kind = draft.kind === COMMENT || kinds.some((each) => each.key === draft.kind) ? draft.kind : COMMENT;
  const save = useSave(type, record, link?.relation ?? null);
  const [open, setOpen] = useState(draft.text !== "");
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState("");
  // State is too late for a second key press in the same moment; this is not.
  const sending = useRef(false);
  if (seeing) return null;
  const words = wordsOf(kind);

  const submit = async () => {
    if (!draft.text.trim() || sending.current) return;
    sending.current = true;
    setBusy(true);
    setFailed("");
    try {
      await save({ ...draft, kind });
      clear();
      setOpen(false);
    } catch (error) {
      setFailed(explain(error, t));
      // It may be that the record is not there any more; the page then says so.
      void client.invalidateQueries({ queryKey: keys.one(type.api_name, record.id) });
    }
    sending.current = false;
    setBusy(false);
  };
  const shown = open || !docked;
  return (
    <div className={cx(styles["composer"], docked && styles["docked"])} data-testid="composer">
      {shown && (
        <Kinds kinds={kinds} value={kind} onChange={(next) => { change({ kind: next }); setOpen(true); }}>
          {docked && <IconButton small label={t("action.close")} className={styles["fold"]} onClick={() => setOpen(false)}><ChevronDown size={16} /></IconButton>}
        </Kinds>
      )}
      <MentionText
        value={draft.text} label={t(words.label)} minRows={shown ? 2 : 1} mentions={kind === COMMENT} readOnly={busy}
        placeholder={t(words.placeholder)}
        onFocus={() => setOpen(true)} onSave={() => void submit()}
        onChange={(text, mentioned) => change({ text, ...(mentioned ? { people: [...draft.people.filter((each) => each.id !== mentioned.id), mentioned] } : {}) })}
      />
      {open && <Extras type={type} kind={kind} draft={draft} onChange={change} />}
      {failed && <p role="alert" className={styles["failed"]}>{t("composer.failed", { why: failed })} <Button size="small" onClick={() => void submit()}>{t("action.retry")}</Button></p>}
      {shown && (
        <div className={styles["foot"]}>
          <span className={styles["hint"]}>{restored ? t("composer.kept") : t("composer.hint")}</span>
          <Button type="primary" size={docked ? "middle" : "small"} loading={busy} disabled={!draft.text.trim()} onClick={() => void submit()}>{t(words.save)}</Button>
        </div>
      )}
    </div>
  );
}
