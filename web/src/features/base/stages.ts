import type { Choice, Field, Filter, ObjectType, Pipeline, Stage } from "@/api/types";

type Values = Readonly<Record<string, unknown>>;

/** The pipeline a record goes by; one that names none goes by the first that is in use. */
export function pipelineOf(type: ObjectType, values: Values): Pipeline | undefined {
  const all = type.pipelines ?? [];
  const named = type.pipeline_field ? values[type.pipeline_field] : null;
  return all.find((each) => each.key === named) ?? all.find((each) => each.active) ?? all[0];
}

/** Records of the pipeline; those that name none go by the first in use. */
export function inPipeline(type: ObjectType, pipeline: Pipeline): Filter {
  const field = type.pipeline_field ?? "";
  const others = (type.pipelines ?? []).filter((each) => each !== pipeline).map((each) => each.key);
  return pipelineOf(type, {}) === pipeline ? { field, op: "not_in", value: others } : { field, op: "eq", value: pipeline.key };
}

export const stageChoices = (type: ObjectType): Choice[] => type.fields.find((field) => field.api_name === type.stage_field)?.config.choices ?? [];
const categoryOf = (type: ObjectType, key: string) => stageChoices(type).find((choice) => choice.key === key)?.category ?? "open";

export function stageOf(type: ObjectType, values: Values): Stage | undefined {
  return type.stage_field ? pipelineOf(type, values)?.stages.find((stage) => stage.key === values[type.stage_field ?? ""]) : undefined;
}

/** Fields that a record with these values must have where it stands: those of its stage, and of the open ones passed. */
export function neededIn(type: ObjectType, values: Values): string[] {
  const pipeline = pipelineOf(type, values);
  const stage = stageOf(type, values);
  if (!pipeline || !stage) return [];
  const passed = categoryOf(type, stage.key) === "lost" ? [] : pipeline.stages.slice(0, pipeline.stages.indexOf(stage)).filter((each) => categoryOf(type, each.key) === "open");
  return [...new Set([...passed, stage].flatMap((each) => each.required))];
}

/** Choices of the stage field that belong to the pipeline, in its order; of another field all of them. */
export function choicesIn(type: ObjectType, field: Field, values: Values): Choice[] {
  const choices = field.config.choices ?? [];
  const pipeline = field.api_name === type.stage_field ? pipelineOf(type, values) : undefined;
  if (!pipeline) return choices;
  const own = pipeline.stages.flatMap((stage) => choices.find((choice) => choice.key === stage.key) ?? []);
  const here = choices.find((choice) => choice.key === values[field.api_name]);
  return here && !own.includes(here) ? [here, ...own] : own;
}

const DAY_MS = 864e5;
/** Days in the stage and whether they are too many; nothing where the moment it came in is not known. */
export function rotOf(type: ObjectType, values: Values, now = Date.now()): { days: number; rotten: boolean } | null {
  const stage = stageOf(type, values);
  const since = Date.parse(String(values["stage_entered_at"] ?? ""));
  if (!stage?.rot_days || Number.isNaN(since) || categoryOf(type, stage.key) !== "open") return null;
  const days = Math.max(0, Math.floor((now - since) / DAY_MS));
  return { days, rotten: now - since > stage.rot_days * DAY_MS };
}
