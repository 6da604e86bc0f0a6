import { Button } from "antd";
import { useNavigate } from "@tanstack/react-router";
import { Download, Merge, Pencil, Trash2, UserPlus, X } from "lucide-react";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { ObjectType, RecordData } from "@/api/types";
import { useCount } from "@/features/base/read";
import { mayBulk, mayEdit } from "@/features/base/rights";
import { useSpeech } from "@/messages";
import { IconButton } from "@/ui/IconButton";
import { Menu } from "@/ui/Menu";
import { useExport } from "../exporting";
import styles from "../List.module.css";
import type { ListState } from "../useListState";
import { BulkDelete } from "./BulkDelete";
import { BulkEdit } from "./BulkEdit";
import type { Targets } from "./targets";

interface Props {
  type: ObjectType;
  state: ListState;
  selection: Map<string, RecordData>;
  /** All that match are meant, loaded or not. */
  everything: boolean;
  onSelection: (next: Map<string, RecordData>, everything?: boolean) => void;
}

/** Several records of one customer become one. */
function MergeButton({ type, ids }: { type: ObjectType; ids: string[] }) {
  const { t } = useSpeech();
  const navigate = useNavigate();
  if (ids.length < 2 || ids.length > 10 || !type.permissions.update || !type.permissions.delete) return null;
  return <Button size="small" icon={<Merge size={13} />} onClick={() => void navigate({ to: "/duplicates/merge", search: { object: type.api_name, ids: ids.join(",") } })}>{t("dup.merge")}</Button>;
}

/** Takes the header's place while records are selected, and says exactly how many. */
export function BulkBar({ type, state, selection, everything, onSelection }: Props) {
  const { t } = useSpeech();
  const catalog = useCatalog();
  const [open, setOpen] = useState<"edit" | "assign" | "delete" | null>(null);
  const exporting = useExport(type);
  const scope = { where: state.where, ...(state.search ? { search: state.search } : {}) };
  const total = useCount(type.api_name, scope).value;
  const count = everything ? (total ?? selection.size) : selection.size;
  const targets: Targets = { object: type.api_name, picked: selection, scope: everything ? scope : null };
  const ids = everything ? undefined : [...selection.keys()];
  const owner = catalog.field(type.api_name, "owner");
  const none = () => onSelection(new Map());
  const work = {
    type, targets, count, onClose: () => setOpen(null),
    onDone: () => {
      setOpen(null);
      none();
    },
  };
  const known = !everything || total !== undefined;
  return (
    <div className={styles["bulk"]} role="toolbar" aria-label={t("list.selected", { n: count })} data-testid="bulk-bar">
      <IconButton label={t("list.deselect")} onClick={none}><X size={15} /></IconButton>
      <strong>{t(everything ? "grid.allSelected" : "list.selected", { n: count })}</strong>
      {!everything && total !== undefined && total > selection.size && <Button size="small" type="link" onClick={() => onSelection(selection, true)}>{t("list.selectMatching", { n: total })}</Button>}
      <span className={styles["gap"]} />
      {mayBulk(type, "update") && <Button size="small" disabled={!known} icon={<Pencil size={13} />} onClick={() => setOpen("edit")}>{t("list.bulkEdit")}</Button>}
      {mayBulk(type, "update") && owner && mayEdit(type, owner) && <Button size="small" disabled={!known} icon={<UserPlus size={13} />} onClick={() => setOpen("assign")}>{t("grid.bulkAssign")}</Button>}
      {!everything && <MergeButton type={type} ids={[...selection.keys()]} />}
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
      {mayBulk(type, "delete") && <Button size="small" danger disabled={!known} icon={<Trash2 size={13} />} onClick={() => setOpen("delete")}>{t("list.bulkDelete", { n: count })}</Button>}
      {(open === "edit" || open === "assign") && <BulkEdit {...work} {...(open === "assign" ? { field: "owner" } : {})} />}
      {open === "delete" && <BulkDelete {...work} />}
    </div>
  );
}
