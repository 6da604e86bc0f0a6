import { expect, it } from "vitest";
import { LONGEST_MS, pauseAfter } from "./again";

it("waits longer after each refusal, from a second to half a minute", () => {
  expect(pauseAfter(1, 0, 0)).toBe(1_000);
  expect(pauseAfter(1, 0, 1)).toBe(2_000);
  expect(pauseAfter(3, 0, 0)).toBe(4_000);
  expect(pauseAfter(50, 0, 0)).toBe(LONGEST_MS / 2);
  expect(pauseAfter(50, 0, 1)).toBe(LONGEST_MS);
});

it("waits as long as it was told to, spread out, and no longer than half a minute", () => {
  expect(pauseAfter(1, 8, 0)).toBe(8_000);
  expect(pauseAfter(1, 8, 1)).toBe(10_000);
  expect(pauseAfter(1, 600, 0)).toBe(LONGEST_MS);
});
