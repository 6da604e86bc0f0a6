import { expect, it } from "vitest";
import type { Field } from "@/api/types";
import { funnelRows } from "./model";

const choice = (key: string, category: "open" | "won" | "lost") => ({ key, label: {}, category });
const field = { config: { choices: [choice("a", "open"), choice("b", "open"), choice("won", "won"), choice("lost", "lost")] } } as unknown as Field;
const group = (key: string, count: number) => ({ key: [key], values: [count, null] });

it("counts who reached a stage and leaves the lost out", () => {
  const rows = funnelRows(field, { groups: [group("a", 50), group("b", 30), group("won", 20), group("lost", 60)], more: false });
  expect(rows.open.map((row) => row.reached)).toEqual([100, 50]);
  expect(rows.open.map((row) => row.conversion)).toEqual([null, 0.5]);
  expect(rows.won[0]?.conversion).toBe(0.4);
  expect(rows.winRate).toBe(0.25);
});
it("says nothing of a win rate when nothing is closed", () => {
  expect(funnelRows(field, { groups: [], more: false }).winRate).toBeNull();
});
