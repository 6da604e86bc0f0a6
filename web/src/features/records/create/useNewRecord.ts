import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import { ProblemError } from "@/api/client";
import { useSession } from "@/api/session";
import type { Field, ObjectType, RecordData } from "@/api/types";
import { duplicatesOf, isOfDuplicates, type DuplicateMatch } from "@/features/base/duplicates";
import { toWrite, useWrites, type Values } from "@/features/base/write";
import { subTableOf } from "@/fields/sub_table";
import { useSpeech } from "@/messages";
import { complain, explain } from "@/ui/says";
import { toast } from "@/ui/toast";
import { NOTHING_WRONG, placed, type Placed } from "../form/problems";
import { isShown, settle } from "../form/rules";
import { useScopeOf } from "../form/useScope";
import { isBlankRow, type NewRow } from "../subtable/model";

type Tables = Record<string, NewRow[]>;
const PLACED_BY_REQUEST = [403, 409, 422];

/** A record being typed with the rows of its sub-tables; what is refused is laid at its place and nothing is lost. */
export function useNewRecord(type: ObjectType, preset: Values) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const { user } = useSession();
  const writes = useWrites(type.api_name);
  const scopeOf = useScopeOf(type);
  const initial = (): Values => {
    const path = type.layout.path ? catalog.field(type.api_name, type.layout.path) : undefined;
    const first = path?.config.choices?.find((choice) => !choice.archived)?.key;
    const owner = catalog.field(type.api_name, "owner") ? { owner: { id: user.id, label: user.name } } : {};
    return { ...(path && first ? { [path.api_name]: first } : {}), ...owner, ...preset };
  };
  const [values, setValues] = useState<Values>(initial);
  const [tables, setTables] = useState<Tables>({});
  const [errors, setErrors] = useState<Placed>(NOTHING_WRONG);
  const [duplicates, setDuplicates] = useState<DuplicateMatch[]>([]);
  const scope = scopeOf(values);

  const set = (name: string, value: unknown) => {
    setDuplicates([]);
    const settled = settle(type.fields, { ...values, [name]: value }, name);
    setValues(settled.values);
    if (settled.cleared.length) toast(t("form.cleared", { fields: settled.cleared.map((field) => say(field.label)).join(t("list.comma")) }));
  };
  /** What is out of sight is not sent: nobody saw what it says. */
  const body = (): Values => {
    const shown = Object.fromEntries(Object.entries(values).filter(([name]) => { const field = catalog.field(type.api_name, name); return !field || isShown(field, scope); }));
    for (const field of type.fields.filter((each) => each.type === "sub_table" && isShown(each, scope))) {
      const rows = (tables[field.api_name] ?? []).filter((row) => !isBlankRow(row));
      if (rows.length) shown[field.api_name] = rows.map((row) => toWrite(catalog, subTableOf(field.config).child, row.values));
    }
    return shown;
  };
  const refused = (found: Placed) => {
    setErrors(found);
    const laid = (field: string, rows: NewRow[]) => {
      // Blank rows were not sent and have no number there.
      const sent = rows.filter((row) => !isBlankRow(row));
      return rows.map((row) => ({ ...row, errors: found.rows[field]?.[sent.indexOf(row)] ?? {} }));
    };
    setTables((old) => Object.fromEntries(Object.entries(old).map(([field, rows]) => [field, laid(field, rows)])));
  };
  const save = async (acceptDuplicates = false): Promise<RecordData | null> => {
    setErrors(NOTHING_WRONG);
    setDuplicates([]);
    try {
      return await writes.create(body(), { acceptDuplicates });
    } catch (error) {
      if (error instanceof ProblemError && isOfDuplicates(error)) {
        setDuplicates(duplicatesOf(error));
        return null;
      }
      if (!(error instanceof ProblemError) || !PLACED_BY_REQUEST.includes(error.status)) complain(error, t);
      else {
        refused(placed(error, (name) => Boolean(catalog.field(type.api_name, name)), explain(error, t)));
        toast(t("create.checkFields"), { tone: "danger" });
      }
      return null;
    }
  };
  return {
    values, scope, errors, duplicates, set, save,
    rows: (field: Field) => tables[field.api_name] ?? [],
    setRows: (field: Field, rows: NewRow[]) => setTables((old) => ({ ...old, [field.api_name]: rows })),
    restart: () => {
      setValues(initial());
      setTables({});
      setErrors(NOTHING_WRONG);
      setDuplicates([]);
    },
  };
}

export type NewRecord = ReturnType<typeof useNewRecord>;
