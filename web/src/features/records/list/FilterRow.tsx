import { Button } from "antd";
import { ArrowDownUp, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { ObjectType } from "@/api/types";
import { FilterChips } from "@/features/base/filters/FilterChips";
import { fromFilter, replaceNode, toFilter, type Group } from "@/features/base/filters/model";
import { usePathLabel } from "@/features/base/fieldOptions";
import { useSpeech } from "@/messages";
import chip from "@/features/base/filters/filters.module.css";
import styles from "./List.module.css";
import type { ListState } from "./useListState";
import { useViewWrites } from "./views";
import { ViewPanel } from "./ViewPanel";

/** The filter as it is being edited; only complete conditions reach the address and the server. */
export function useFilterDraft(state: ListState) {
  const catalog = useCatalog();
  const operators = catalog.data.operators;
  const [group, setGroup] = useState<Group>(() => fromFilter(state.where));
  const [filterOpen, onFilterOpen] = useState(false);
  const applied = useRef(JSON.stringify(state.where));
  const now = JSON.stringify(state.where);
  useEffect(() => {
    if (now === applied.current) return;
    applied.current = now;
    setGroup(fromFilter(state.where));
  }, [now, state.where]);
  const onGroup = (next: Group) => {
    setGroup(next);
    const where = toFilter(next, operators);
    if (JSON.stringify(where) === applied.current) return;
    applied.current = JSON.stringify(where);
    state.set({ where });
  };
  return { group, onGroup, filterOpen, onFilterOpen };
}

interface Props {
  type: ObjectType;
  state: ListState;
  group: Group;
  onGroup: (group: Group) => void;
  onOpen: () => void;
}

/** Filter and sort in words, and what to do with a view that was changed. */
export function FilterRow({ type, state, group, onGroup, onOpen }: Props) {
  const { t, say } = useSpeech();
  const label = usePathLabel();
  const writes = useViewWrites(type.api_name);
  const [saving, setSaving] = useState(false);
  if (!state.where && !state.dirty) return null;
  const { view } = state;
  return (
    <div className={styles["chips"]} data-testid="filter-chips">
      <FilterChips object={type.api_name} group={group} onOpen={onOpen} onRemove={(id) => onGroup(replaceNode(group, id, null))} />
      {state.resorted && (
        <span className={chip["chip"]}>
          <span className={chip["chipText"]} style={{ display: "flex", alignItems: "center", gap: 6 }}>
            <ArrowDownUp size={12} aria-hidden />
            {state.sort.map((part) => `${label(type.api_name, part.field)} ${t(part.direction === "asc" ? "list.sortAsc" : "list.sortDesc")}`).join(", ")}
          </span>
          <button type="button" className={chip["chipRemove"]} aria-label={t("list.sortClear")} onClick={() => state.set({ sort: [] })}><X size={12} /></button>
        </span>
      )}
      <span className={styles["gap"]} />
      {state.dirty && (
        <>
          <Button size="small" type="text" onClick={state.reset}>{t("list.resetView")}</Button>
          <Button size="small" type="text" onClick={() => setSaving(true)}>{t("list.saveAs")}</Button>
          {view?.editable && <Button size="small" onClick={() => void writes.save(view, state.config).then((saved) => saved && state.reset())}>{t("list.saveView")}</Button>}
        </>
      )}
      {saving && (
        <ViewPanel
          title={t("list.saveAs")}
          initial={{ name: view ? say(view.name) : "", visibility: "private", roles: [] }}
          onClose={() => setSaving(false)}
          onSave={async (draft) => {
            const made = await writes.create(draft, view?.kind ?? "list", state.config);
            if (made) {
              state.reset();
              state.set({ view: made.id, where: undefined as never, sort: undefined as never });
            }
            return made;
          }}
        />
      )}
    </div>
  );
}
