import { useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useCatalog } from "@/api/catalog";
import type { AggregateResult, Choice, Field, ObjectType, Pipeline, ViewConfig } from "@/api/types";
import { both } from "@/features/base/filters/model";
import { useTotals } from "@/features/base/read";
import type { ListSearch } from "@/features/base/search";
import { inPipeline } from "@/features/base/stages";
import { useStored } from "@/ui/hooks";
import { useListState } from "../list/useListState";
import type { ColumnFacts } from "./ColumnHead";
import { laneFields, lanesOf, type Lane } from "./lanes";
import { agesOf, faceOf } from "./setting";

/** Which choice field makes the columns: the address, the view, the object, or the first there is. */
function groupField(type: ObjectType, wanted: (string | null | undefined)[]): Field | undefined {
  const choices = type.fields.filter((field) => field.type === "single_choice");
  for (const name of wanted) {
    const field = choices.find((candidate) => candidate.api_name === name);
    if (field) return field;
  }
  return choices[0];
}

function useColumns(field: Field | undefined, groups: AggregateResult["groups"] | undefined, limits: Record<string, number>, folded: readonly string[], pipeline: Pipeline | undefined): ColumnFacts[] {
  return useMemo(() => {
    const byKey = new Map(groups?.map((group) => [(group.key[0] as string | null) ?? null, group.values]));
    const choices = (field?.config.choices ?? []).filter((choice) => !choice.archived && (!pipeline || pipeline.stages.some((stage) => stage.key === choice.key)));
    return [...(byKey.has(null) ? [null] : []), ...choices].map((choice: Choice | null): ColumnFacts => {
      const values = byKey.get(choice?.key ?? null);
      return { choice, count: groups ? Number(values?.[0] ?? 0) : undefined, sum: values?.[1], limit: choice ? limits[choice.key] : undefined, folded: folded.includes(choice?.key ?? "none") };
    });
  }, [field, groups, limits, folded, pipeline]);
}

/** The pipeline whose stages are the columns; none chosen: those of all. */
function usePipeline(type: ObjectType, groupBy: string) {
  const pipelines = groupBy === type.stage_field ? (type.pipelines ?? []).filter((each) => each.active) : [];
  const [chosen, setPipeline] = useStored<string | null>(`banyan.board.pipeline.${type.api_name}`, null);
  const pipeline = pipelines.find((each) => each.key === chosen);
  return { pipelines, pipeline, setPipeline, own: pipeline && type.pipeline_field ? inPipeline(type, pipeline) : null };
}

const NO_CONFIG: ViewConfig = {};
const NO_LIMITS: Record<string, number> = {};
const NOTHING: string[] = [];

/** What a board is drawn by, and its counts and sums. */
export function useBoard(type: ObjectType) {
  const catalog = useCatalog();
  const address = useSearch({ strict: false }) as ListSearch;
  const state = useListState(type, "board");
  const config = state.view?.config ?? NO_CONFIG;
  const field = groupField(type, [address.by, config.group_by, type.board_field]);
  const groupBy = field?.api_name ?? "";
  const wanted = address.lane ?? config.lane_field;
  const { pipelines, pipeline, setPipeline, own } = usePipeline(type, groupBy);
  const where = both(state.where, own);
  const lane = laneFields(type, groupBy).find((candidate) => candidate.api_name === wanted);
  const sumField = type.board_sum_field && catalog.field(type.api_name, type.board_sum_field) ? type.board_sum_field : null;
  const scope = { where, ...(state.search ? { search: state.search } : {}) };
  const totals = useTotals(type.api_name, { ...scope, group_by: [{ field: groupBy }], measures: [{ fn: "count" }, ...(sumField ? [{ fn: "sum", field: sumField }] : [])] }, Boolean(field));
  const byLane = useTotals(type.api_name, { ...scope, group_by: [{ field: lane?.api_name ?? "" }, { field: groupBy }], measures: [{ fn: "count" }] }, Boolean(field && lane));
  const [foldedBy, storeFolded] = useStored<Record<string, string[]>>("banyan.board.folded", {});
  const place = `${type.api_name}:${state.view?.id ?? groupBy}`;
  const folded = foldedBy[place] ?? NOTHING;
  const limits = groupBy === config.group_by || !config.group_by ? (config.wip ?? NO_LIMITS) : NO_LIMITS;
  const facts = useColumns(field, totals.data?.groups, limits, folded, pipeline);
  const lanes: Lane[] | undefined = useMemo(() => (lane && byLane.data ? lanesOf(lane, byLane.data.groups) : undefined), [lane, byLane.data]);
  const face = useMemo(() => faceOf(type, groupBy, config), [type, groupBy, config]);
  const none = totals.data !== undefined && totals.data.groups.every((group) => Number(group.values[0]) === 0);
  return {
    state, where, pipelines, pipeline, setPipeline, field, groupBy, lane, lanes, facts, totals, byLane, face, ages: agesOf(config),
    weighted: sumField !== null && facts.some(({ choice }) => Number(choice?.probability ?? 0) > 0),
    untouched: none && state.where === null && state.search === "",
    onFold: (key: string) => storeFolded({ ...foldedBy, [place]: folded.includes(key) ? folded.filter((each) => each !== key) : [...folded, key] }),
  };
}
