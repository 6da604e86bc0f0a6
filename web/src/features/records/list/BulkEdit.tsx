import { useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useCallback, useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { BatchOperation, Field, ObjectType, RecordData } from "@/api/types";
import { readAll, runBatch } from "@/features/base/batch";
import { refreshAround, refreshObject } from "@/features/base/cache";
import { useFieldOptions } from "@/features/base/fieldOptions";
import { mayEdit } from "@/features/base/rights";
import { toWrite } from "@/features/base/write";
import { Choose } from "@/fields/parts/Choose";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import type { ListState } from "./useListState";

interface Props {
  type: ObjectType;
  state: ListState;
  selection: Map<string, RecordData>;
  onSelection: (next: Map<string, RecordData>) => void;
  onClose: () => void;
}

/** One field gets one value in many records; what was there before is kept for the undo. */
export function BulkEdit({ type, state, selection, onSelection, onClose }: Props) {
  const catalog = useCatalog();
  const client = useQueryClient();
  const { t, say } = useSpeech();
  const [name, setName] = useState<string | null>(null);
  const [value, setValue] = useState<unknown>(null);
  const [done, setDone] = useState<number | null>(null);
  const writable = useCallback((field: Field) => !field.unique && mayEdit(type, field), [type]);
  const options = useFieldOptions(type.api_name, writable, false);
  const field = name ? catalog.field(type.api_name, name) : undefined;

  const refresh = () => {
    refreshObject(client, type.api_name);
    refreshAround(client, type.api_name);
  };
  const apply = async () => {
    if (!field) return;
    setDone(0);
    try {
      let before: Map<string, RecordData> = selection;
      if ([...selection.values()].some((record) => !(field.api_name in record)))
        before = await readAll(type.api_name, { where: state.where, search: state.search || undefined, sort: state.sort }, [field.api_name], (found) => [...selection.keys()].every((id) => found.has(id)));
      const values = toWrite(catalog, type.api_name, { [field.api_name]: value });
      const records = [...selection.keys()].flatMap((id) => before.get(id) ?? []);
      const operations = records.map((record): BatchOperation => ({ op: "update", id: record.id, version: record.version, values }));
      const outcome = await runBatch(type.api_name, operations, setDone);
      refresh();
      const undo = async () => {
        const changed = new Set(outcome.done);
        const back = records.filter((record) => changed.has(record.id)).map((record): BatchOperation => ({ op: "update", id: record.id, version: record.version + 1, values: toWrite(catalog, type.api_name, { [field.api_name]: record[field.api_name] ?? null }) }));
        await runBatch(type.api_name, back).catch((error: unknown) => complain(error, t));
        refresh();
        toast(t("toast.undone"));
      };
      const first = outcome.failed[0];
      toast(first ? t("list.bulkFailed", { n: outcome.done.length, failed: outcome.failed.length, message: first.message }) : t("list.bulkChanged", { n: outcome.done.length }), { action: { label: t("action.undo"), run: () => void undo() } });
      onSelection(new Map());
      onClose();
    } catch (error) {
      complain(error, t);
      setDone(null);
    }
  };
  const Editor = field && fieldUi(field).Editor;
  return (
    <Panel
      title={t("list.bulkEditTitle", { n: selection.size })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button type="primary" disabled={!field} loading={done !== null} onClick={() => void apply()}>
            {done === null ? t("list.bulkApply", { n: selection.size }) : t("list.bulkProgress", { done, total: selection.size })}
          </Button>
        </>
      }
    >
      <FormRow label={t("filter.field")} required help={t("list.bulkEditHint")}>
        {({ id }) => <Choose id={id} value={name} options={options} clearable={false} onPick={(next) => { setName(next as string); setValue(null); }} />}
      </FormRow>
      {field && Editor && (
        <FormRow label={say(field.label)}>{({ id }) => <Editor key={field.id} id={id} value={value} field={field} onChange={setValue} />}</FormRow>
      )}
    </Panel>
  );
}
