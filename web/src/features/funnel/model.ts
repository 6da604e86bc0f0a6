import type { AggregateResult, AggregateValue, Choice, Field, Money, ObjectType } from "@/api/types";

export interface StageRow {
  choice: Choice;
  count: number;
  sum: AggregateValue;
  /** Records at this stage or further on the open path, won ones included. */
  reached: number;
  /** Of those who reached the stage before, the share that reached this one; null for the first. */
  conversion: number | null;
}

/** The field whose choices are sales stages: open, won or lost. */
export function stageField(type: ObjectType): Field | undefined {
  const staged = (field: Field) => field.type === "single_choice" && (field.config.choices ?? []).some((choice) => choice.category);
  return type.fields.find((field) => field.api_name === type.board_field && staged(field)) ?? type.fields.find(staged);
}

/**
 * Counts by stage become a funnel: who is at a later open stage, or has won, has passed the earlier ones.
 * Lost records are left out, because the stage they were lost at is not in the counts.
 */
export function funnelRows(field: Field, result: AggregateResult): { open: StageRow[]; won: StageRow[]; lost: StageRow[]; winRate: number | null } {
  const values = new Map(result.groups.map((group) => [group.key[0] as string | null, group.values]));
  const choices = (field.config.choices ?? []).filter((choice) => !choice.archived || values.has(choice.key));
  const row = (choice: Choice): StageRow => ({ choice, count: Number(values.get(choice.key)?.[0] ?? 0), sum: values.get(choice.key)?.[1] ?? null, reached: 0, conversion: null });
  const of = (category: string) => choices.filter((choice) => (choice.category ?? "open") === category).map(row);
  const [open, won, lost] = [of("open"), of("won"), of("lost")];
  const count = (rows: StageRow[]) => rows.reduce((sum, each) => sum + each.count, 0);
  let reached = count(won);
  for (const each of [...open].reverse()) {
    reached += each.count;
    each.reached = reached;
  }
  open.forEach((each, index) => {
    const before = open[index - 1];
    each.conversion = before ? (before.reached ? each.reached / before.reached : 0) : null;
  });
  const last = open.at(-1);
  for (const each of won) {
    each.reached = each.count;
    each.conversion = last?.reached ? each.count / last.reached : null;
  }
  const closed = count(won) + count(lost);
  return { open, won, lost, winRate: closed ? count(won) / closed : null };
}

export function amountOf(value: AggregateValue): Money | null {
  return typeof value === "object" && value !== null ? value : null;
}
