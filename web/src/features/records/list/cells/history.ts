/** What was done in a list in this session, newest last, so that it can be taken back and done again. */
export interface CellChange {
  id: string;
  path: string;
  before: unknown;
  after: unknown;
}

export type Step = { kind: "cells"; changes: CellChange[] } | { kind: "deleted"; ids: string[] } | { kind: "created"; ids: string[] };

export const MOST_STEPS = 50;

export interface History {
  undo: readonly Step[];
  redo: readonly Step[];
}

export const nothing: History = { undo: [], redo: [] };

export const done = ({ undo }: History, step: Step): History => ({ undo: [...undo, step].slice(-MOST_STEPS), redo: [] });

/** `step` is taken back: it may be an older one, named by the button of its toast. */
export const takenBack = ({ undo, redo }: History, step: Step): History => ({ undo: undo.filter((each) => each !== step), redo: [...redo, step].slice(-MOST_STEPS) });
export const doneAgain = ({ undo, redo }: History, step: Step): History => ({ undo: [...undo, step].slice(-MOST_STEPS), redo: redo.filter((each) => each !== step) });

/** What makes a step undone: values change places, what was deleted comes back. */
export function reversed(step: Step): Step {
  if (step.kind === "cells") return { kind: "cells", changes: step.changes.map((change) => ({ ...change, before: change.after, after: change.before })) };
  return { kind: step.kind === "deleted" ? "created" : "deleted", ids: step.ids };
}
