import { Button, Input } from "antd";
import { useRef, useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { ObjectType, RecordData } from "@/api/types";
import { useWrites, type Values } from "@/features/base/write";
import { fieldUi } from "@/fields/registry";
import { isReference } from "@/fields/relation/references";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import { activityIcon, useActivityLink } from "./activity";
import styles from "./Record.module.css";

const SAYABLE = ["note", "call", "visit", "meeting", "task"];

/** The first line, as long as a title may be read at a glance. */
export const titleOf = (text: string) => {
  const line = text.trim().split("\n")[0] ?? "";
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
};

/** Logging what happened, in one field and one key press; a task also asks for its due time. */
export function Composer({ type, record }: { type: ObjectType; record: RecordData }) {
  const link = useActivityLink(type.api_name);
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const activities = useWrites("activity");
  const [kind, setKind] = useState("note");
  const [text, setText] = useState("");
  const [due, setDue] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  // State is too late for a second key press in the same moment; this is not.
  const sending = useRef(false);
  if (!link) return null;
  const dueField = catalog.field("activity", "due_at");
  const DueEditor = dueField && fieldUi(dueField).Editor;
  const isTask = kind === "task";

  const save = async () => {
    const body = text.trim();
    if (!body || sending.current) return;
    sending.current = true;
    setBusy(true);
    const title = titleOf(body);
    const values: Values = { title, kind, body: body === title ? null : body, [link.relation.api_name]: { id: record.id, label: "" } };
    if (isTask) values["due_at"] = due;
    else values["happened_at"] = new Date().toISOString();
    // A follow-up on a deal or contact belongs to its account's timeline as well, where the writer may see it.
    const account = record["account"];
    if (link.relation.api_name !== "account" && isReference(account) && account.label !== null && catalog.field("activity", "account")) values["account"] = account;
    try {
      await activities.create(values);
      setText("");
      setDue(null);
      toast(t("composer.saved"));
    } catch (error) {
      complain(error, t);
    }
    sending.current = false;
    setBusy(false);
  };
  return (
    <div className={styles["composer"]} data-testid="composer">
      <div className={styles["kinds"]} role="radiogroup" aria-label={t("composer.kind")}>
        {link.kinds.filter((choice) => SAYABLE.includes(choice.key)).map((choice) => {
          const Icon = activityIcon(choice.key);
          return (
            <button key={choice.key} type="button" role="radio" aria-checked={kind === choice.key} className={styles["kind"]} onClick={() => setKind(choice.key)}>
              <Icon size={13} aria-hidden />{say(choice.label)}
            </button>
          );
        })}
      </div>
      <Input.TextArea
        variant="borderless" autoSize={{ minRows: 2, maxRows: 10 }} value={text} aria-label={t("composer.label")}
        placeholder={isTask ? t("composer.task") : t("composer.note")}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void save();
        }}
      />
      <div className={styles["composerFoot"]}>
        {isTask && DueEditor ? <div style={{ flex: 1, maxWidth: 220 }}><DueEditor value={due} field={dueField} onChange={setDue} label={t("composer.due")} /></div> : <span className={styles["composerHint"]}>{t("composer.hint")}</span>}
        <Button type="primary" size="small" loading={busy} disabled={!text.trim()} onClick={() => void save()}>{isTask ? t("composer.saveTask") : t("composer.save")}</Button>
      </div>
    </div>
  );
}
