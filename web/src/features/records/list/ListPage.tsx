import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { Plus } from "lucide-react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useCatalog } from "@/api/catalog";
import { useIsAdministrator } from "@/api/session";
import type { ObjectType, RecordData } from "@/api/types";
import { openAddField, openQuickCreate } from "@/features/base/openers";
import { useRecordList } from "@/features/base/read";
import type { ListSearch } from "@/features/base/search";
import { mayEdit } from "@/features/base/rights";
import { useSpeech } from "@/messages";
import { useIsPhone, useStable } from "@/ui/hooks";
import { Bone, ErrorState } from "@/ui/State";
import { Empty } from "../Empty";
import { BulkBar } from "./bulk/BulkBar";
import { FilterRow, useFilterDraft } from "./FilterRow";
import { Grid } from "./Grid";
import { columnOf, pinColumns, rowHeights } from "./grid";
import { groupFields } from "./lines/groups";
import { GroupField } from "./lines/GroupRow";
import styles from "./List.module.css";
import { Peek } from "./Peek";
import { Toolbar } from "./Toolbar";
import { useListLines } from "./useListLines";
import { useListState } from "./useListState";
import { ViewTabs } from "./ViewTabs";

const Skeleton = () => (
  <div className={styles["skeleton"]} aria-busy>
    {Array.from({ length: 14 }, (_, row) => (
      <div key={row} className={styles["skeletonRow"]}>
        <Bone width={16} height={16} /><Bone width={120 + ((row * 37) % 90)} /><Bone width={70} /><Bone width={110} /><Bone width={80} /><Bone width={60 + ((row * 23) % 60)} />
      </div>
    ))}
  </div>
);

export function ListPage({ type }: { type: ObjectType }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const navigate = useNavigate();
  const isPhone = useIsPhone();
  const isAdministrator = useIsAdministrator();
  const { peek } = useSearch({ strict: false }) as ListSearch;
  const state = useListState(type);
  const filter = useFilterDraft(state);
  const [selection, setSelection] = useState(new Map<string, RecordData>());
  const [everything, setEverything] = useState(false);
  const list = useRecordList(type.api_name, state.body);
  const records = useMemo(() => list.data?.pages.flatMap((page) => page.records) ?? [], [list.data]);
  const columns = useMemo(
    () => pinColumns(state.columns.flatMap((path, index) => {
      const field = catalog.field(type.api_name, path);
      const column = field && columnOf(path, field, state.widths[path], index === 0, mayEdit(type, field));
      return column ? [isPhone && index === 0 ? { ...column, width: Math.min(column.width, 190) } : column] : [];
    }), isPhone ? Math.min(1, state.pinned) : state.pinned),
    [catalog, type, state.columns, state.widths, state.pinned, isPhone],
  );
  const choose = (next: Map<string, RecordData>, all = false) => {
    setSelection(next);
    setEverything(all);
  };
  useEffect(() => choose(new Map()), [type.api_name, state.where, state.search]);
  const { lines, grouped } = useListLines({ type, body: state.body, columns, groupBy: state.groupBy, list: { records, hasNextPage: list.hasNextPage, isFetchingNextPage: list.isFetchingNextPage, fetchNextPage: list.fetchNextPage } });

  const toPage = (id: string) => void navigate({ to: "/o/$object/$id", params: { object: type.api_name, id } });
  const setPeek = (id: string | undefined) => (isPhone && id ? toPage(id) : state.set({ peek: id } as ListSearch));
  const step = (by: 1 | -1) => setPeek(lines.records[lines.records.findIndex((record) => record.id === peek) + by]?.id ?? peek);
  const canGroup = useMemo(() => new Set(groupFields(type).map((field) => field.api_name)), [type]);
  const groupable = useCallback((path: string) => canGroup.has(path), [canGroup]);
  const addField = useStable(() => openAddField(type.api_name, (name) => state.setLocal({ columns: [...state.columns, name] })));
  const filtered = state.where !== null || state.search !== "";

  return (
    <div className={styles["page"]}>
      <section className={styles["main"]}>
        {selection.size > 0 ? (
          <BulkBar type={type} state={state} selection={selection} everything={everything} onSelection={choose} />
        ) : (
          <header className={styles["header"]}>
            <ViewTabs type={type} current={state.view} kind="list" config={state.config} />
            <Toolbar type={type} state={state} {...filter} kind="list" />
            {type.permissions.create && <Button type="primary" size="small" icon={<Plus size={14} />} onClick={() => openQuickCreate(type.api_name)} className={styles["create"] ?? ""} aria-label={t("action.createOne", { label: say(type.label) })}><span className={styles["wide"]}>{t("action.createOne", { label: say(type.label) })}</span></Button>}
          </header>
        )}
        <FilterRow type={type} state={state} group={filter.group} onGroup={filter.onGroup} onOpen={() => filter.onFilterOpen(true)} />
        {list.isError ? (
          <ErrorState error={list.error} onRetry={() => void list.refetch()} />
        ) : list.isPending ? (
          <Skeleton />
        ) : records.length === 0 ? (
          <Empty type={type} filtered={filtered} />
        ) : (
          <GroupField value={state.groupBy ? catalog.field(type.api_name, state.groupBy) : undefined}>
            <Grid
              key={type.api_name} type={type} lines={lines} columns={columns} body={state.body} rowHeight={rowHeights[state.density]} sort={state.sort} colors={state.colors}
              selection={selection} everything={everything} peek={peek} onSelection={choose} onPeek={setPeek} onPage={toPage} onSort={(sort) => state.set({ sort })}
              onColumns={(paths) => state.setLocal({ columns: paths })} onWidth={(path, width) => state.setLocal({ widths: { ...state.widths, [path]: width } })} onPinned={(pinned) => state.setLocal({ pinned })}
              onGroup={(path) => state.setLocal({ group_by: path })} groupable={groupable} onToggleGroup={grouped.toggle}
              onAddField={isAdministrator ? addField : undefined} onFilter={() => filter.onFilterOpen(true)}
            />
          </GroupField>
        )}
      </section>
      {peek && !isPhone && <Peek type={type} id={peek} onClose={() => setPeek(undefined)} onStep={step} />}
    </div>
  );
}
