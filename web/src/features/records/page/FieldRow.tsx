import { Lock, Pencil } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import type { Field, ObjectType, RecordData } from "@/api/types";
import { mayEdit } from "@/features/base/rights";
import { isEmptyValue } from "@/fields/contract";
import { InPlaceEditor } from "@/fields/InPlaceEditor";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { IconButton } from "@/ui/IconButton";
import { Tag } from "@/ui/Tag";
import styles from "./Record.module.css";
import { Unmask } from "./Unmask";
import type { RecordDraft } from "./useRecordDraft";

interface Props {
  type: ObjectType;
  record: RecordData;
  /** As it is offered now: with the choices that fit. */
  field: Field;
  draft: RecordDraft;
  required: boolean;
  locked: boolean;
  recalculating: boolean;
  /** Counts how often this field was asked for from elsewhere on the page; each time it opens. */
  asked?: number;
}

/** The value as it reads, with what is to be known of it. */
function Reading({ type, record, field, value, error, waiting, recalculating, editable, onOpen }: Pick<Props, "type" | "record" | "field" | "recalculating"> & { value: unknown; error: string | undefined; waiting: boolean; editable: boolean; onOpen: () => void }) {
  const { t, say } = useSpeech();
  const ui = fieldUi(field);
  const sealed = field.access === "masked" || ui.sealed;
  return (
    <>
      <div className={cx(styles["read"], editable && styles["editable"])} onClick={(event) => editable && !(event.target as HTMLElement).closest("a") && onOpen()}>
        {isEmptyValue(value) ? <span className={styles["blank"]}>—</span> : <ui.Cell value={value} field={field} linked />}
        {error && <span className={styles["error"]} role="alert">{error}</span>}
      </div>
      {waiting && <Tag color="yellow">{t("form.unsaved")}</Tag>}
      {recalculating && <Tag color="blue">{t("form.recalculating")}</Tag>}
      {sealed && !isEmptyValue(value) && <Unmask type={type} record={record} field={field} />}
      {editable && <IconButton small className={styles["pencil"]} label={t("record.editField", { name: say(field.label) })} onClick={onOpen}><Pencil size={12} /></IconButton>}
    </>
  );
}

/** One field: read it, click to edit in place; a refused value stays typed with the reason beneath. */
export function FieldRow({ type, record, field, draft, required, locked, recalculating, asked = 0 }: Props) {
  const { t, say } = useSpeech();
  const noteId = useId();
  const [open, setOpen] = useState(false);
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!asked) return;
    setOpen(true);
    row.current?.scrollIntoView({ block: "center" });
  }, [asked]);
  const name = field.api_name;
  const label = say(field.label);
  const error = draft.errors.fields[name];
  const waiting = name in draft.pending;
  const value = (waiting ? draft.pending[name] : record[name]) ?? null;
  const editable = mayEdit(type, field) && !locked;
  const editing = editable && (open || Boolean(error && waiting));
  const help = say(field.help);
  const note = error ?? help;
  const leave = () => {
    setOpen(false);
    draft.cancel(name);
  };
  return (
    <div ref={row} className={cx(styles["field"], fieldUi(field).multiline && styles["block"])}>
      <dt className={styles["name"]} title={help || label}>
        {label}
        {required && editable && <span className={styles["star"]} aria-label={t("form.required")}>*</span>}
        {locked && <Lock size={11} aria-label={t("form.locked")} style={{ marginLeft: 4, verticalAlign: "-1px" }} />}
      </dt>
      <dd className={styles["slot"]} style={{ margin: 0 }}>
        {editing ? (
          <div style={{ flex: 1, minWidth: 0 }}>
            <InPlaceEditor
              key={error ?? ""} value={value} field={field} label={label} autoFocus={open || !error} invalid={Boolean(error)} describedBy={note ? noteId : undefined}
              onType={(next) => draft.type(name, next)} onCommit={(next) => { setOpen(false); draft.commit(name, next); }} onCancel={leave}
            />
            {note && <span id={noteId} className={error ? styles["error"] : styles["quiet"]} role={error ? "alert" : undefined}>{note}</span>}
          </div>
        ) : (
          <Reading type={type} record={record} field={field} value={value} error={error} waiting={waiting} recalculating={recalculating} editable={editable} onOpen={() => setOpen(true)} />
        )}
      </dd>
    </div>
  );
}
