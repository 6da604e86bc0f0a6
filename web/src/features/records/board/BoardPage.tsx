import { DndContext, DragOverlay, KeyboardSensor, MouseSensor, TouchSensor, useSensor, useSensors, type DragEndEvent, type DragStartEvent } from "@dnd-kit/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { Choice, Field, ObjectType, RecordData } from "@/api/types";
import { openQuickCreate } from "@/features/base/openers";
import { useTotals } from "@/features/base/read";
import type { ListSearch } from "@/features/base/search";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { useIsPhone } from "@/ui/hooks";
import { State } from "@/ui/State";
import { FilterRow, useFilterDraft } from "../list/FilterRow";
import listStyles from "../list/List.module.css";
import { Peek } from "../list/Peek";
import { Toolbar } from "../list/Toolbar";
import { useListState } from "../list/useListState";
import { ViewTabs } from "../list/ViewTabs";
import { Empty } from "../Empty";
import { CardFace } from "./BoardCard";
import { BoardColumn } from "./BoardColumn";
import { cardBeside, jumpBetweenColumns } from "./keyboard";
import styles from "./Board.module.css";
import { useBoardMoves } from "./useBoardMoves";

/** Which choice field makes the columns: the address, the view, the object, or the first there is. */
function groupField(type: ObjectType, wanted: (string | null | undefined)[]): Field | undefined {
  const choices = type.fields.filter((field) => field.type === "single_choice");
  for (const name of wanted) {
    const field = choices.find((candidate) => candidate.api_name === name);
    if (field) return field;
  }
  return choices[0];
}

function useAnnouncements(columns: (Choice | null)[]) {
  const { t, say } = useSpeech();
  const nameOf = (id: unknown) => {
    const key = String(id ?? "").replace("column:", "");
    return say(columns.find((choice) => choice?.key === key)?.label) || t("board.noValue");
  };
  return {
    screenReaderInstructions: { draggable: t("board.instructions") },
    announcements: {
      onDragStart: ({ active }: { active: { data: { current?: unknown } } }) => t("board.lifted", { name: String((active.data.current as { record?: RecordData } | undefined)?.record?.["name"] ?? "") }),
      onDragOver: ({ over }: { over: { id: unknown } | null }) => (over ? t("board.over", { name: nameOf(over.id) }) : undefined),
      onDragEnd: ({ over }: { over: { id: unknown } | null }) => (over ? t("board.dropped", { name: nameOf(over.id) }) : t("board.cancelled")),
      onDragCancel: () => t("board.cancelled"),
    },
  };
}

export function BoardPage({ type }: { type: ObjectType }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const navigate = useNavigate();
  const isPhone = useIsPhone();
  const address = useSearch({ strict: false }) as ListSearch;
  const state = useListState(type, "board");
  const filter = useFilterDraft(state);
  const { view } = state;
  const field = groupField(type, [address.by, view?.config.group_by, type.board_field]);
  const [lifted, setLifted] = useState<RecordData | null>(null);
  const groupBy = field?.api_name ?? "";
  const moves = useBoardMoves(type, groupBy);
  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 5 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 220, tolerance: 8 } }),
    useSensor(KeyboardSensor, { coordinateGetter: jumpBetweenColumns, keyboardCodes: { start: ["Space"], cancel: ["Escape"], end: ["Space"] } }),
  );
  const sumField = type.board_sum_field && catalog.field(type.api_name, type.board_sum_field) ? type.board_sum_field : null;
  const scope = { where: state.where, ...(state.search ? { search: state.search } : {}) };
  const totals = useTotals(type.api_name, { ...scope, group_by: [{ field: groupBy }], measures: [{ fn: "count" }, ...(sumField ? [{ fn: "sum", field: sumField }] : [])] }, Boolean(field));
  const byKey = useMemo(() => new Map(totals.data?.groups.map((group) => [(group.key[0] as string | null) ?? null, group.values])), [totals.data]);
  const choices = (field?.config.choices ?? []).filter((choice) => !choice.archived);
  const columns: (Choice | null)[] = [...(byKey.has(null) ? [null] : []), ...choices];
  const weighted = sumField !== null && choices.some((choice) => Number(choice.probability ?? 0) > 0);
  const accessibility = useAnnouncements(columns);
  const untouched = totals.data !== undefined && totals.data.groups.every((group) => Number(group.values[0]) === 0) && state.where === null && state.search === "";
  const options = type.fields.filter((candidate) => candidate.type === "single_choice").map((candidate) => ({ value: candidate.api_name, text: say(candidate.label) }));

  const onOpen = (id: string) => (isPhone ? void navigate({ to: "/o/$object/$id", params: { object: type.api_name, id } }) : state.set({ peek: id }));
  const onDragEnd = ({ active, over }: DragEndEvent) => {
    setLifted(null);
    const record = (active.data.current as { record?: RecordData } | undefined)?.record;
    if (!record || !over) return;
    const to = (over.data.current as { key: string | null }).key;
    void moves.move(record, to, say(choices.find((choice) => choice.key === to)?.label) || t("board.noValue"));
  };
  const onDragStart = ({ active }: DragStartEvent) => setLifted((active.data.current as { record?: RecordData } | undefined)?.record ?? null);

  return (
    <div className={listStyles["page"]}>
      <section className={listStyles["main"]} aria-label={t("board.label", { label: say(type.label_plural) })}>
        <header className={listStyles["header"]}>
          <ViewTabs type={type} current={view} kind="board" config={{ ...state.config, group_by: groupBy }} />
          {options.length > 1 && <div style={{ width: 120 }}><Choose label={t("board.groupBy")} value={groupBy} options={options} clearable={false} bare onPick={(by) => state.set({ by: by as string })} /></div>}
          <Toolbar type={type} state={state} {...filter} kind="board" />
          {type.permissions.create && <Button type="primary" size="small" icon={<Plus size={14} />} onClick={() => openQuickCreate(type.api_name)} className={listStyles["create"] ?? ""} aria-label={t("action.createOne", { label: say(type.label) })}><span className={listStyles["wide"]}>{t("action.createOne", { label: say(type.label) })}</span></Button>}
        </header>
        <FilterRow type={type} state={state} group={filter.group} onGroup={filter.onGroup} onOpen={() => filter.onFilterOpen(true)} />
        {!field ? (
          <State drawing="board" title={t("board.noField")} hint={t("board.noFieldHint")} />
        ) : untouched ? (
          <Empty type={type} filtered={false} />
        ) : (
          <DndContext sensors={sensors} accessibility={accessibility} onDragStart={onDragStart} onDragEnd={onDragEnd} onDragCancel={() => setLifted(null)}>
            <div className={styles["board"]} data-testid="board">
              {columns.map((choice) => {
                const values = byKey.get(choice?.key ?? null);
                return (
                  <BoardColumn
                    key={choice?.key ?? "none"} type={type} groupBy={groupBy} choice={choice} where={state.where} search={state.search}
                    count={totals.data ? Number(values?.[0] ?? 0) : undefined} sum={values?.[1]} weighted={weighted} moved={moves.moved} refused={moves.refused} onOpen={onOpen}
                  />
                );
              })}
            </div>
            <DragOverlay dropAnimation={{ duration: 160 }}>
              {lifted && <div className={cx(styles["card"], styles["lifted"])}><CardFace type={type} record={lifted} groupBy={groupBy} /></div>}
            </DragOverlay>
          </DndContext>
        )}
      </section>
      {address.peek && !isPhone && <Peek type={type} id={address.peek} onClose={() => state.set({ peek: undefined as never })} onStep={(by) => { const next = cardBeside(address.peek ?? "", by); if (next) state.set({ peek: next }); }} />}
    </div>
  );
}
