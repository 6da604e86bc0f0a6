import { useState } from "react";
import type { Field, RecordData } from "@/api/types";
import { useWrites } from "@/features/base/write";
import { useSpeech } from "@/messages";
import { explain } from "@/ui/says";
import { placed, type Placed } from "../form/problems";
import { settle } from "../form/rules";
import { sameValue } from "../page/useRecordDraft";
import { isBlankRow, newRow, type NewRow, type Rows } from "./model";
import type { Editing } from "./StoredRow";

/** What a refusal says in the row: by column, the rest under the empty name. */
const inRow = ({ fields, record }: Placed): Record<string, string> => ({ ...fields, ...(record.length ? { "": record.join(" ") } : {}) });

/** Rows written one by one as they are left; what is refused stays typed in its row. */
export function useRowWrites(rows: Rows, parent: { id: string; label: string }) {
  const { t, say } = useSpeech();
  const writes = useWrites(rows.type.api_name);
  const [editing, setEditing] = useState<Editing | null>(null);
  const [fresh, setFresh] = useState<NewRow[]>([]);
  const [saving, setSaving] = useState<ReadonlySet<number>>(new Set());
  const here = (name: string) => rows.columns.some((field) => field.api_name === name);
  const change = (key: number, by: (row: NewRow) => NewRow) => setFresh((old) => old.map((row) => (row.key === key ? by(row) : row)));

  const commit = async (record: RecordData, field: Field, value: unknown) => {
    const name = field.api_name;
    setEditing(null);
    if (sameValue(value, record[name] ?? null)) return;
    const { values, cleared } = settle(rows.type.fields, { ...record, [name]: value }, name);
    const changes = { [name]: value, ...Object.fromEntries(cleared.map((each) => [each.api_name, values[each.api_name]])) };
    const said = cleared.length ? t("form.savedCleared", { fields: cleared.map((each) => say(each.label)).join(t("list.comma")) }) : t("state.saved");
    try {
      await writes.patch(record, changes, { said, quiet: true });
    } catch (problem) {
      const found = inRow(placed(problem, here, explain(problem, t)));
      setEditing({ id: record.id, name, typed: value, error: found[name] ?? Object.values(found).join(" ") });
    }
  };
  const save = async (row: NewRow): Promise<boolean> => {
    if (isBlankRow(row)) {
      setFresh((old) => old.filter((each) => each.key !== row.key));
      return true;
    }
    if (saving.has(row.key)) return false;
    setSaving((old) => new Set(old).add(row.key));
    try {
      await writes.create({ ...row.values, [rows.relation]: parent });
      setFresh((old) => old.filter((each) => each.key !== row.key));
      return true;
    } catch (problem) {
      change(row.key, (old) => ({ ...old, errors: inRow(placed(problem, here, explain(problem, t))) }));
      return false;
    } finally {
      setSaving((old) => new Set([...old].filter((key) => key !== row.key)));
    }
  };
  return {
    editing, setEditing, fresh, commit, save,
    add: () => setFresh((old) => [...old, newRow()]),
    set: (key: number, name: string, value: unknown) => change(key, (row) => ({ ...row, values: settle(rows.type.fields, { ...row.values, [name]: value }, name).values })),
    drop: (key: number) => setFresh((old) => old.filter((row) => row.key !== key)),
    remove: (record: RecordData) => void writes.remove(record, t("subtable.deleted")).catch(() => undefined),
  };
}
