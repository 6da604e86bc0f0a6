import { Pencil } from "lucide-react";
import { useState } from "react";
import { ProblemError } from "@/api/client";
import { useCatalog } from "@/api/catalog";
import type { Field, ObjectType, RecordData } from "@/api/types";
import { mayEdit } from "@/features/base/rights";
import { useWrites } from "@/features/base/write";
import { isEmptyValue } from "@/fields/contract";
import { InPlaceEditor } from "@/fields/InPlaceEditor";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { IconButton } from "@/ui/IconButton";
import { Bone } from "@/ui/State";
import styles from "./Record.module.css";
import { Unmask } from "./Unmask";

interface RowProps {
  type: ObjectType;
  record: RecordData;
  field: Field;
}

/** One field: read it, click to edit in place; a refused value stays typed with the reason beneath. */
export function FieldRow({ type, record, field }: RowProps) {
  const { t, say } = useSpeech();
  const writes = useWrites(type.api_name);
  const [editing, setEditing] = useState(false);
  const [typed, setTyped] = useState<unknown>(null);
  const [error, setError] = useState<string | null>(null);
  const ui = fieldUi(field);
  const value = record[field.api_name] ?? null;
  const editable = mayEdit(type, field);
  const name = say(field.label);

  const begin = () => {
    setTyped(value);
    setError(null);
    setEditing(true);
  };
  const commit = async (next: unknown) => {
    const same = JSON.stringify(next) === JSON.stringify(value) || (isEmptyValue(next) && isEmptyValue(value));
    setEditing(false);
    if (same) return;
    try {
      await writes.patch(record, { [field.api_name]: next }, { said: t("state.saved"), quiet: true });
    } catch (problem) {
      setTyped(next);
      setError(problem instanceof ProblemError ? (problem.fields[field.api_name] ?? problem.message) : String(problem));
      setEditing(true);
    }
  };
  return (
    <div className={cx(styles["field"], ui.multiline && styles["block"])}>
      <dt className={styles["name"]} title={say(field.help) || name}>{name}</dt>
      <dd className={styles["slot"]} style={{ margin: 0 }}>
        {editing ? (
          <div style={{ flex: 1, minWidth: 0 }}>
            <InPlaceEditor value={typed} field={field} label={name} autoFocus invalid={Boolean(error)} onCommit={(next) => void commit(next)} onCancel={() => setEditing(false)} />
            {error && <span className={styles["error"]} role="alert">{error}</span>}
          </div>
        ) : (
          <>
            <div className={cx(styles["read"], editable && styles["editable"])} onClick={(event) => editable && !(event.target as HTMLElement).closest("a") && begin()}>
              {isEmptyValue(value) ? <span className={styles["blank"]}>—</span> : <ui.Cell value={value} field={field} linked />}
            </div>
            {(field.access === "masked" || ui.sealed) && !isEmptyValue(value) && <Unmask type={type} record={record} field={field} />}
            {editable && <IconButton small className={styles["pencil"]} label={t("record.editField", { name })} onClick={begin}><Pencil size={12} /></IconButton>}
          </>
        )}
      </dd>
    </div>
  );
}

/** Key fields first, then the sections of the layout; a field is shown once. */
export function RecordFields({ type, record }: { type: ObjectType; record: RecordData }) {
  const catalog = useCatalog();
  const { say } = useSpeech();
  // The path above shows its field already.
  const path = type.layout.path ? catalog.field(type.api_name, type.layout.path) : undefined;
  const seen = new Set<string>(path && path.access !== "masked" ? [path.api_name] : []);
  const pick = (names: string[]) =>
    names.flatMap((name) => {
      const field = catalog.field(type.api_name, name);
      if (!field || seen.has(name)) return [];
      seen.add(name);
      return [field];
    });
  const highlights = pick(type.layout.highlights);
  const sections = type.layout.sections.map((section) => ({ label: say(section.label), fields: pick(section.fields) }));
  const rest = pick(type.fields.filter((field) => !field.system).map((field) => field.api_name));
  const row = (field: Field) => <FieldRow key={field.id} type={type} record={record} field={field} />;
  return (
    <>
      <dl>{highlights.map(row)}</dl>
      {[...sections, { label: "", fields: rest }].filter((section) => section.fields.length > 0).map((section, index) => (
        <section key={index} className={styles["section"]}>
          {section.label && <h2 className={styles["sectionTitle"]}>{section.label}</h2>}
          <dl>{section.fields.map(row)}</dl>
        </section>
      ))}
    </>
  );
}

export const FieldsSkeleton = () => (
  <div aria-busy>
    {Array.from({ length: 8 }, (_, row) => (
      <div key={row} className={styles["field"]}><Bone width={70} /><Bone width={`${50 + ((row * 17) % 40)}%`} /></div>
    ))}
  </div>
);
