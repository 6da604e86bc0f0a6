import { useState } from "react";
import { ProblemError } from "@/api/client";
import type { ObjectType, RecordData } from "@/api/types";
import { useWrites } from "@/features/base/write";
import { useSpeech } from "@/messages";
import type { Column } from "../grid";
import type { CellEdit } from "../GridRow";
import { useHistory } from "./useHistory";
import { sameValue } from "./values";

/** Types whose editor takes what was typed as the beginning of the new value. */
const TYPED = new Set(["text", "long_text", "number", "percent", "currency", "phone", "email", "url", "duration", "barcode"]);

/** Editing in place: what the server refuses stays typed in the cell, with the reason beside it. */
export function useCellEditing(type: ObjectType) {
  const writes = useWrites(type.api_name);
  const history = useHistory(type.api_name);
  const { t } = useSpeech();
  const [edit, setEdit] = useState<CellEdit | null>(null);
  const [pulse, setPulse] = useState<{ id: string; path: string } | null>(null);
  const begin = (record: RecordData, column: Column, typed?: string) => {
    if (!column.editable) return;
    setEdit({ id: record.id, path: column.path, ...(typed !== undefined && TYPED.has(column.field.type) ? { typed } : {}) });
  };
  const commit = async (record: RecordData, column: Column, value: unknown) => {
    setEdit(null);
    const { path } = column;
    const before = record[path] ?? null;
    if (JSON.stringify(before) === JSON.stringify(value) || sameValue(before, value)) return;
    try {
      const saved = await writes.patch(record, { [path]: value }, { quiet: true });
      if (!saved) return;
      setPulse({ id: record.id, path });
      history.push({ kind: "cells", changes: [{ id: record.id, path, before, after: saved[path] ?? null }] }, t("state.saved"));
    } catch (error) {
      const message = error instanceof ProblemError ? (error.fields[path] ?? error.message) : String(error);
      setEdit({ id: record.id, path, typed: value, error: message });
    }
  };
  return { edit, pulse, begin, commit, cancel: () => setEdit(null) };
}
