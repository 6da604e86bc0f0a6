import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { BatchOperation } from "@/api/types";
import { runBatch } from "./batch";

const operations = (count: number): BatchOperation[] => Array.from({ length: count }, (_, index) => ({ op: "delete", id: `r${index}` }));
const sent: { key: string | null; ids: string[] }[] = [];
/** What becomes of each request in turn; afterwards all arrive. */
let fates: ("arrives" | "lost" | "refused")[] = [];

beforeEach(() => {
  sent.length = 0;
  vi.useFakeTimers();
  vi.stubGlobal("fetch", async (_url: string, init: RequestInit) => {
    const asked = JSON.parse(String(init.body)) as { operations: { id: string }[] };
    sent.push({ key: new Headers(init.headers).get("Idempotency-Key"), ids: asked.operations.map(({ id }) => id) });
    const fate = fates.shift() ?? "arrives";
    if (fate === "lost") throw new TypeError("offline");
    if (fate === "refused") return Response.json({ title: "Too many", status: 429, code: "too_many" }, { status: 429 });
    return Response.json({ results: asked.operations.map(({ id }) => ({ status: "ok", id })) });
  });
});
afterEach(() => {
  fates = [];
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function run(count: number) {
  const work = runBatch("account", operations(count));
  work.catch(() => undefined);
  await vi.runAllTimersAsync();
  return work;
}

test("a lost answer is asked again under the same key", async () => {
  fates = ["lost"];
  expect((await run(2)).done).toEqual(["r0", "r1"]);
  expect(sent).toHaveLength(2);
  expect(sent[0]?.key).toBeTruthy();
  expect(sent[1]?.key).toBe(sent[0]?.key);
});

test("what was done before it broke off is told, and the rest with its reason", async () => {
  fates = ["arrives", "refused"];
  const { done, failed } = await run(2_500);
  expect(done).toHaveLength(1_000);
  expect(failed).toHaveLength(1_500);
  expect(failed[0]).toEqual({ index: 1_000, message: "Too many" });
  expect(sent).toHaveLength(2);
});

test("what never began is an error", async () => {
  fates = ["refused"];
  await expect(run(2)).rejects.toThrow("Too many");
});
