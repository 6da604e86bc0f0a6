import type { AggregateResult, Choice, Money } from "@/api/types";
import { sumDecimals } from "@/ui/decimal";

/** A sum as it can be said: none, one amount, or amounts in several currencies, which have no sum. */
export type Sum = Money | null;

/** Adds money exactly; over several currencies there is no total. */
export function total(amounts: readonly Sum[]): Sum {
  const some = amounts.filter((each): each is Money => each !== null);
  const first = some[0];
  if (!first) return null;
  if (some.some((each) => each.amount === null || each.currency !== first.currency)) return { amount: null, currency: null };
  return { amount: sumDecimals(some.map((each) => each.amount ?? "0")), currency: first.currency };
}

const PERCENT = 100;
/** What may be expected of it, rounded to be read at a glance. */
const share = (money: Sum, probability: number): Sum =>
  money === null || money.amount === null ? money : { ...money, amount: String(Math.round((Number(money.amount) * probability) / PERCENT)) };

export interface Pipeline {
  won: Sum;
  open: Sum;
  weighted: Sum;
}

/** Sums by stage put together by what the stages mean. */
export function pipelineOf(result: AggregateResult, choices: readonly Choice[]): Pipeline {
  const of = new Map(result.groups.map((group) => [String(group.key[0]), (group.values[0] ?? null) as Sum]));
  const sums = (category: string) => choices.filter((choice) => choice.category === category).map((choice) => ({ choice, sum: of.get(choice.key) ?? null }));
  const open = sums("open");
  return {
    won: total(sums("won").map(({ sum }) => sum)),
    open: total(open.map(({ sum }) => sum)),
    weighted: open.some(({ choice }) => choice.probability) ? total(open.map(({ choice, sum }) => share(sum, Number(choice.probability ?? 0)))) : null,
  };
}
