import { Link } from "@tanstack/react-router";
import { Button, Input } from "antd";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { Field, RecordData } from "@/api/types";
import { mayEdit } from "@/features/base/rights";
import type { Values } from "@/features/base/write";
import { isEmptyValue } from "@/fields/contract";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import styles from "./Timeline.module.css";
import { useActivityWrites } from "./useActivityWrites";

/** Whether the field may be changed by this reader. */
function useEditable(): (name: string) => Field | undefined {
  const catalog = useCatalog();
  const type = catalog.object("activity");
  return (name) => {
    const field = catalog.field("activity", name);
    return type && field && mayEdit(type, field) ? field : undefined;
  };
}

function Edit({ record, onClose }: { record: RecordData; onClose: () => void }) {
  const { t } = useSpeech();
  const writes = useActivityWrites();
  const editable = useEditable();
  const [values, setValues] = useState<Values>({ title: record["title"], body: record["body"] ?? null, files: record["files"] ?? null });
  const [busy, setBusy] = useState(false);
  const files = editable("files");
  const Files = files && fieldUi(files).Editor;
  const set = (name: string, value: unknown) => setValues((now) => ({ ...now, [name]: value }));
  const save = async () => {
    setBusy(true);
    const changed = Object.fromEntries(Object.entries(values).filter(([name, value]) => editable(name) && JSON.stringify(value) !== JSON.stringify(record[name] ?? null)));
    if (Object.keys(changed).length === 0) return onClose();
    await writes.patch(record, changed, { said: t("state.saved"), quiet: true }).then(onClose, (error: unknown) => complain(error, t));
    setBusy(false);
  };
  const saveByKey = (event: React.KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void save();
    if (event.key === "Escape") onClose();
  };
  return (
    <div className={styles["edit"]} onKeyDown={saveByKey}>
      <Input value={String(values["title"] ?? "")} aria-label={t("timeline.activityTitle")} onChange={(event) => set("title", event.target.value)} />
      <Input.TextArea autoFocus autoSize={{ minRows: 2, maxRows: 16 }} value={String(values["body"] ?? "")} aria-label={t("timeline.activityBody")} onChange={(event) => set("body", event.target.value || null)} />
      {Files && <Files value={values["files"]} field={files} label={t("composer.files")} onChange={(next) => set("files", next)} />}
      <div className={styles["foot"]}>
        <Button size="small" onClick={onClose}>{t("action.cancel")}</Button>
        <Button size="small" type="primary" loading={busy} disabled={!String(values["title"] ?? "").trim()} onClick={() => void save()}>{t("action.save")}</Button>
      </div>
    </div>
  );
}

/** All of an activity where it stands: its text, files and due time, and what can be done with it. */
export function ActivityOpen({ record }: { record: RecordData }) {
  const { t } = useSpeech();
  const catalog = useCatalog();
  const writes = useActivityWrites();
  const editable = useEditable();
  const [editing, setEditing] = useState(false);
  const [moving, setMoving] = useState(false);
  if (editing) return <Edit record={record} onClose={() => setEditing(false)} />;
  const files = catalog.field("activity", "files");
  const Files = files && fieldUi(files).Cell;
  const planned = record["kind"] === "task" || !isEmptyValue(record["due_at"]);
  const due = planned ? editable("due_at") : undefined;
  const Due = due && fieldUi(due).Editor;
  const done = record["done"] === true;
  const patch = (values: Values) => void writes.patch(record, values, { said: t("state.saved") }).catch(() => undefined);
  return (
    <div>
      {typeof record["body"] === "string" && <p className={styles["body"]}>{record["body"]}</p>}
      {Files && !isEmptyValue(record["files"]) && <div className={styles["files"]}><Files value={record["files"]} field={files} linked /></div>}
      <div className={styles["acts"]}>
        {editable("title") && <Button size="small" type="text" onClick={() => setEditing(true)}>{t("timeline.editActivity")}</Button>}
        {due && !done && <Button size="small" type="text" aria-expanded={moving} onClick={() => setMoving(!moving)}>{t("timeline.reschedule")}</Button>}
        <Link to="/o/$object/$id" params={{ object: "activity", id: record.id }} className={styles["act"]}>{t("timeline.openRecord")}</Link>
      </div>
      {moving && Due && <div className={styles["move"]}><Due value={record["due_at"] ?? null} field={due} label={t("timeline.reschedule")} onChange={() => undefined} onCommit={(next) => { setMoving(false); if (next !== (record["due_at"] ?? null)) patch({ due_at: next }); }} onCancel={() => setMoving(false)} autoFocus /></div>}
    </div>
  );
}
