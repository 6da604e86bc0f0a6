import { useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { Download, Pencil, Trash2, X } from "lucide-react";
import { useState } from "react";
import type { ObjectType, RecordData } from "@/api/types";
import { readAll, runBatch } from "@/features/base/batch";
import { dropRecords, refreshAround, refreshObject } from "@/features/base/cache";
import { useCount } from "@/features/base/read";
import { mayBulk } from "@/features/base/rights";
import { useSpeech } from "@/messages";
import { IconButton } from "@/ui/IconButton";
import { Menu } from "@/ui/Menu";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import { BulkEdit } from "./BulkEdit";
import { useExport } from "./exporting";
import styles from "./List.module.css";
import type { ListState } from "./useListState";

interface Props {
  type: ObjectType;
  state: ListState;
  selection: Map<string, RecordData>;
  onSelection: (next: Map<string, RecordData>) => void;
}

function useBulkDelete({ type, selection, onSelection }: Props) {
  const client = useQueryClient();
  const { t, say } = useSpeech();
  const refresh = () => {
    refreshObject(client, type.api_name);
    refreshAround(client, type.api_name);
  };
  return async () => {
    const records = [...selection.values()];
    dropRecords(client, type.api_name, new Set(selection.keys()));
    onSelection(new Map());
    try {
      const { done, failed } = await runBatch(type.api_name, records.map((record) => ({ op: "delete", id: record.id, version: record.version })));
      refresh();
      const restore = async () => {
        await runBatch(type.api_name, done.map((id) => ({ op: "restore", id }))).catch((error: unknown) => complain(error, t));
        refresh();
        toast(t("toast.undone"));
      };
      const said = failed[0]
        ? t("list.bulkFailed", { n: done.length, failed: failed.length, message: failed[0].message })
        : t("list.bulkDeleted", { n: done.length, label: say(type.label) });
      toast(said, done.length ? { action: { label: t("action.undo"), run: () => void restore() } } : { tone: "danger" });
    } catch (error) {
      refresh();
      complain(error, t);
    }
  };
}

/** Takes the header's place while records are selected, and says exactly how many. */
export function BulkBar(props: Props) {
  const { type, state, selection, onSelection } = props;
  const { t } = useSpeech();
  const [editing, setEditing] = useState(false);
  const [selecting, setSelecting] = useState(false);
  const exporting = useExport(type);
  const remove = useBulkDelete(props);
  const scope = { where: state.where, ...(state.search ? { search: state.search } : {}) };
  const total = useCount(type.api_name, scope).value ?? 0;
  const ids = [...selection.keys()];
  const selectMatching = async () => {
    setSelecting(true);
    try {
      onSelection(await readAll(type.api_name, { where: state.where, search: state.search || undefined, sort: state.sort }, state.columns));
    } catch (error) {
      complain(error, t);
    }
    setSelecting(false);
  };
  return (
    <div className={styles["bulk"]} role="toolbar" aria-label={t("list.selected", { n: selection.size })} data-testid="bulk-bar">
      <IconButton label={t("list.deselect")} onClick={() => onSelection(new Map())}><X size={15} /></IconButton>
      <strong>{t("list.selected", { n: selection.size })}</strong>
      {total > selection.size && (
        <Button size="small" type="link" loading={selecting} onClick={() => void selectMatching()}>{selecting ? t("list.selecting") : t("list.selectMatching", { n: total })}</Button>
      )}
      <span className={styles["gap"]} />
      {mayBulk(type, "update") && <Button size="small" icon={<Pencil size={13} />} onClick={() => setEditing(true)}>{t("list.bulkEdit")}</Button>}
      {type.permissions.export && (
        <Menu
          entries={[
            { key: "csv", label: t("list.exportCsv"), onSelect: () => void exporting.run("csv", state.columns, state.body, ids) },
            { key: "xlsx", label: t("list.exportXlsx"), onSelect: () => void exporting.run("xlsx", state.columns, state.body, ids) },
          ]}
        >
          <Button size="small" icon={<Download size={13} />} loading={exporting.busy}>{t("list.export")}</Button>
        </Menu>
      )}
      {mayBulk(type, "delete") && <Button size="small" danger icon={<Trash2 size={13} />} onClick={() => void remove()}>{t("list.bulkDelete", { n: selection.size })}</Button>}
      {editing && <BulkEdit {...props} onClose={() => setEditing(false)} />}
    </div>
  );
}
