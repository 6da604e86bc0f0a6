import { DndContext, DragOverlay, KeyboardSensor, pointerWithin, rectIntersection, useSensor, useSensors, type CollisionDetection, type DragEndEvent, type DragStartEvent } from "@dnd-kit/core";
import { useSearch } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { ObjectType, RecordData } from "@/api/types";
import type { ListSearch } from "@/features/base/search";
import { mayEdit } from "@/features/base/rights";
import { choiceFields } from "@/features/base/viewKinds";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { landed, PromptMouse, PromptTouch } from "@/ui/drag";
import { Bone, ErrorState, State } from "@/ui/State";
import { Empty } from "../Empty";
import { useOpenRecord, ViewFrame } from "../view/ViewFrame";
import styles from "./Board.module.css";
import { CardFace } from "./BoardCard";
import { Columns, Lanes } from "./Columns";
import { cardBeside, jumpBetween } from "./keyboard";
import { laneFields } from "./lanes";
import { SettingContext, useSetting, type Setting } from "./setting";
import { useAnnouncements } from "./useAnnouncements";
import { useBoard } from "./useBoard";
import { useBoardMoves, type Place } from "./useBoardMoves";

/** The place under the pointer; of a card carried by the keyboard, the one it covers most. */
const collide: CollisionDetection = (args) => {
  const under = pointerWithin(args);
  return under.length ? under : rectIntersection(args);
};

const carried = (event: { active: { data: { current?: unknown } } }) => (event.active.data.current as { record?: RecordData } | undefined)?.record;

/** What may be taken up and put down: with the mouse, by a long touch, and with the keyboard. */
function Draggable({ lanes, children }: { lanes: number; children: ReactNode }) {
  const { t, say } = useSpeech();
  const { type, columns, lane, face, ages, moves } = useSetting();
  const [lifted, setLifted] = useState<RecordData | null>(null);
  const accessibility = useAnnouncements(type, columns);
  const sensors = useSensors(
    useSensor(PromptMouse, { activationConstraint: { distance: 5 } }),
    useSensor(PromptTouch, { activationConstraint: { delay: 220, tolerance: 8 } }),
    useSensor(KeyboardSensor, { coordinateGetter: jumpBetween(lanes, columns.length), keyboardCodes: { start: ["Space"], cancel: ["Escape"], end: ["Space"] } }),
  );
  const onDragStart = (event: DragStartEvent) => setLifted(carried(event) ?? null);
  const onDragEnd = (event: DragEndEvent) => {
    setLifted(null);
    const record = carried(event);
    const to = landed(event)?.data as Place | undefined;
    if (!record || !to) return;
    const place = to.lane && lane && mayEdit(type, lane) ? to : { key: to.key };
    void moves.move(record, place, say(columns.find((choice) => (choice?.key ?? null) === to.key)?.label) || t("board.noValue"));
  };
  return (
    <DndContext sensors={sensors} collisionDetection={collide} accessibility={accessibility} onDragStart={onDragStart} onDragEnd={onDragEnd} onDragCancel={() => setLifted(null)}>
      {children}
      <DragOverlay dropAnimation={{ duration: 160 }}>
        {lifted && <div className={cx(styles["card"], styles["lifted"])}><CardFace record={lifted} type={type} face={face} ages={ages} /></div>}
      </DragOverlay>
    </DndContext>
  );
}

/** Records as cards in the columns of a choice. */
export function BoardPage({ type }: { type: ObjectType }) {
  const { t, say } = useSpeech();
  const { peek } = useSearch({ strict: false }) as ListSearch;
  const board = useBoard(type);
  const { state, field, groupBy, lane, lanes, facts, weighted, onFold } = board;
  const moves = useBoardMoves(type, groupBy);
  const onOpen = useOpenRecord(type, state);
  const columns = facts.map(({ choice }) => choice);
  const options = choiceFields(type).map((candidate) => ({ value: candidate.api_name, text: say(candidate.label) }));
  const cuts = laneFields(type, groupBy).map((candidate) => ({ value: candidate.api_name, text: say(candidate.label) }));
  const tools = field && (
    <div className={styles["tools"]}>
      {board.pipelines.length > 1 && <Choose label={t("board.pipeline")} placeholder={t("board.anyPipeline")} value={board.pipeline?.key ?? null} options={board.pipelines.map((each) => ({ value: each.key, text: say(each.label) }))} bare onPick={(key) => board.setPipeline(key as string | null)} />}
      {options.length > 1 && <Choose label={t("board.groupBy")} value={groupBy} options={options} clearable={false} bare onPick={(by) => state.set({ by: by as string })} />}
      {cuts.length > 0 && <Choose label={t("board.lanes")} placeholder={t("board.lanes")} value={lane?.api_name ?? null} options={cuts} bare onPick={(by) => state.set({ lane: (by as string | null) ?? "" })} />}
    </div>
  );
  const failed = board.totals.isError ? board.totals : board.byLane.isError ? board.byLane : null;
  const setting: Setting | null = field ? { type, field, lane, columns, where: board.where, search: state.search, face: board.face, ages: board.ages, moves, onOpen } : null;
  return (
    <ViewFrame
      type={type} state={state} kind="board" label={t("board.label", { label: say(type.label_plural) })} tools={tools}
      config={{ ...state.config, group_by: groupBy, lane_field: lane?.api_name ?? null }} step={(by) => cardBeside(peek ?? "", by)}
    >
      {!setting ? (
        <State drawing="board" title={t("board.noField")} hint={t("board.noFieldHint")} />
      ) : failed ? (
        <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />
      ) : board.untouched ? (
        <Empty type={type} filtered={false} />
      ) : (
        <SettingContext value={setting}>
          <Draggable lanes={lanes?.length ?? 1}>
            {!lane ? <Columns facts={facts} weighted={weighted} onFold={onFold} /> : lanes ? <Lanes facts={facts} weighted={weighted} onFold={onFold} lanes={lanes} field={lane} /> : <Bone height={200} />}
          </Draggable>
        </SettingContext>
      )}
    </ViewFrame>
  );
}
