import type { Choice, Pipeline, Stage } from "@/api/types";

export const newStage = (key: string): Stage => ({ key, probability: null, forecast_category: null, rot_days: null, required: [], entry: null, exit: null, checklist: [], next: [], guidance: null });

/** A new pipeline begins with every stage that the choice has. */
export function newPipeline(key: string, label: Pipeline["label"], choices: readonly Choice[]): Pipeline {
  const stages = choices.filter((choice) => !choice.archived).map((choice) => ({ ...newStage(choice.key), probability: choice.probability ?? null }));
  return { key, label, active: true, stages, skipping: true, reopen: { who: "owner", roles: [], into: null } };
}
