import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { lazy, Suspense, useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { useCatalog } from "@/api/catalog";
import type { Field, Measure, ObjectType, QueryBody, RecordData } from "@/api/types";
import { useRecalculating } from "@/features/base/recalculating";
import { useRecordList, useTotals } from "@/features/base/read";
import { isDocumentLine, mayEdit } from "@/features/base/rights";
import { useSpeech } from "@/messages";
import { Bone, ErrorState } from "@/ui/State";
import { useScopeOf } from "../form/useScope";
import { Frame } from "./Frame";
import { rowsOf, type Rows } from "./model";
import { NewRowCells } from "./NewRowCells";
import { mayTouch, StoredRow } from "./StoredRow";
import styles from "./SubTable.module.css";
import { useGridFocus } from "./useGridFocus";
import { useRowWrites } from "./useRowWrites";

// Shares of a deal are right only together: they are written as a whole.
const Splits = lazy(() => import("./Splits"));
const TOGETHER = "opportunity_split";

interface Props {
  type: ObjectType;
  record: RecordData;
  field: Field;
}

/** Records that belong to this one, edited in its page as a table; on a narrow screen each row is a card. */
export function SubTable({ type, record, field }: Props) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const rows = rowsOf(catalog, field);
  if (!rows) return <section className={styles["table"]} aria-label={say(field.label)}><h2 className={styles["name"]}>{say(field.label)}</h2><p className={styles["quiet"]}>{t("subtable.unseen")}</p></section>;
  const whole = isDocumentLine(rows.type) ? <Link to="/documents/$object/$id" params={{ object: type.api_name, id: record.id }}>{t("subtable.whole")}</Link> : undefined;
  return <StoredRows rows={whole ? { ...rows, type: { ...rows.type, permissions: READ } } : rows} name={say(field.label)} testId={`subtable-${field.api_name}`} parent={{ id: record.id, label: String(record[type.title_field] ?? "") }} whole={whole} />;
}

const WINDOW = 100;
/** What may be done with rows that are written elsewhere. */
const READ = { create: false, read: true, update: false, delete: false, export: false, import: false, transfer: false, bulk: false };

function useStored(rows: Rows, parent: string) {
  const where = { field: rows.relation, op: "eq", value: parent };
  const body: QueryBody = { select: rows.select, where, sort: [{ field: rows.columns.some((each) => each.api_name === "position") ? "position" : "created_at", direction: "asc" }], limit: WINDOW };
  const list = useRecordList(rows.type.api_name, body);
  const measures: Measure[] = [{ fn: "count" }, ...rows.totals.map((name) => ({ fn: "sum", field: name }))];
  const sums = useTotals(rows.type.api_name, { where, measures }, list.isSuccess).data?.groups[0]?.values;
  const totals = rows.totals.length ? Object.fromEntries(rows.totals.map((name, index) => [name, sums?.[index + 1] ?? null])) : null;
  return { list, totals, count: sums ? Number(sums[0] ?? 0) : undefined, records: list.data?.pages.flatMap((page) => page.records) ?? [] };
}

function StoredRows({ rows, name, testId, parent, whole: editor }: { rows: Rows; name: string; testId: string; parent: { id: string; label: string }; whole?: ReactNode }) {
  const { t } = useSpeech();
  const scopeOf = useScopeOf(rows.type);
  const { list, totals, count, records } = useStored(rows, parent.id);
  const writes = useRowWrites(rows, parent);
  const recalculating = useRecalculating(rows.type);
  const focus = useGridFocus(records.length, rows.columns.length);
  const [begun, setBegun] = useState(0);
  const frame = useRef<HTMLDivElement>(null);
  const { type, columns } = rows;
  const together = type.api_name === TOGETHER;
  const [whole, setWhole] = useState(false);
  const add = !type.permissions.create ? undefined : together ? () => setWhole(true) : () => { setBegun((old) => old + 1); writes.add(); };
  const edit = (record: RecordData, each: Field) => (together ? setWhole(true) : writes.setEditing({ id: record.id, name: each.api_name }));

  // The editor is gone: the cell it led to takes the focus, or a new row is begun after the last.
  useEffect(() => {
    if (writes.editing === null && focus.settle(frame.current) && add) add();
    // Only the end of editing moves the focus.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [writes.editing]);

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const at = focus.move(event, frame.current);
    const record = records[at.row];
    const each = columns[at.column];
    const begins = event.key === "Enter" || event.key === "F2";
    if (!begins || !record || !each || (event.target as HTMLElement).getAttribute("role") !== "gridcell") return;
    event.preventDefault();
    if (mayTouch(rows, each, scopeOf(record))) edit(record, each);
  };
  const enter = async (row: Parameters<typeof writes.save>[0]) => {
    const last = writes.fresh[writes.fresh.length - 1]?.key === row.key;
    if ((await writes.save(row)) && last && Object.keys(row.values).length > 0) add?.();
  };
  if (list.isError) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (list.isPending) return <Bone height={90} />;
  return (
    <>
      <Frame
        name={name} testId={testId} count={count} columns={columns} totals={totals} onAdd={add} empty={records.length === 0 && writes.fresh.length === 0} gridRef={frame} onKeyDown={onKeyDown}
        more={<>{editor}{list.hasNextPage && <Button type="link" size="small" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("action.loadMore")}</Button>}</>}
      >
        {records.map((record, index) => (
          <StoredRow
            key={record.id} rows={rows} record={record} index={index} scope={scopeOf(record)} active={focus.at.row === index ? focus.at.column : null} recalculating={recalculating}
            editing={writes.editing?.id === record.id ? writes.editing : null} onActive={(column) => focus.set({ row: index, column })}
            onEdit={(each) => { focus.set({ row: index, column: columns.indexOf(each) }); edit(record, each); }} onCommit={(each, value) => void writes.commit(record, each, value)}
            onCancel={() => writes.setEditing(null)} onLeave={focus.leave} onRemove={() => (together ? setWhole(true) : writes.remove(record))}
          />
        ))}
        {writes.fresh.map((row, index) => (
          <NewRowCells
            key={row.key} row={row} columns={columns} scope={scopeOf(row.values)} writable={(each) => mayEdit({ ...type, permissions: { ...type.permissions, update: true } }, each)}
            autoFocus={begun > 0 && index === writes.fresh.length - 1} label={t("subtable.newRow")} removeLabel={t("subtable.discard")}
            onSet={(each, value) => writes.set(row.key, each, value)} onRemove={() => writes.drop(row.key)} onSave={() => void writes.save(row)} onEnter={() => void enter(row)}
          />
        ))}
      </Frame>
      {/* Outside of the frame, which draws nothing of an empty table. */}
      {whole && <Suspense fallback={null}><Splits rows={rows} records={records} parent={parent.id} onClose={() => setWhole(false)} /></Suspense>}
    </>
  );
}
