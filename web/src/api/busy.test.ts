import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, ProblemError } from "./client";

let refusals: { code: string; status: number; after: string }[] = [];
let asked = 0;

beforeEach(() => {
  asked = 0;
  vi.useFakeTimers();
  vi.stubGlobal("fetch", async () => {
    asked += 1;
    const refusal = refusals.shift();
    if (!refusal) return Response.json({ records: [] });
    return Response.json({ title: "Busy", detail: "Busy, truly", ...refusal }, { status: refusal.status, headers: { "Retry-After": refusal.after } });
  });
});
afterEach(() => {
  refusals = [];
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const busy = (count: number, code = "service_busy", after = "1") => Array.from({ length: count }, () => ({ code, status: 503, after }));

async function ending<T>(work: Promise<T>): Promise<T | ProblemError> {
  const caught = work.catch((problem: unknown) => problem as ProblemError);
  await vi.runAllTimersAsync();
  return caught;
}

test("a read that was refused for the moment is asked again and answered", async () => {
  refusals = busy(2);
  expect(await ending(api.get("/records/account"))).toEqual({ records: [] });
  refusals = busy(1, "workspace_busy");
  expect(await ending(api.post("/records/account/query", {}))).toEqual({ records: [] });
  expect(asked).toBe(5);
});

test("after three tries the person is told in words", async () => {
  refusals = busy(9);
  const told = await ending(api.get("/records/account"));
  expect(told).toBeInstanceOf(ProblemError);
  expect((told as ProblemError).message).toBe("Busy, truly");
  expect(asked).toBe(3);
});

test.each([
  ["what writes", () => api.patch("/records/account/1", {}), busy(1)],
  ["a long wait", () => api.get("/records/account"), busy(1, "service_busy", "60")],
  ["another refusal", () => api.get("/records/account"), busy(1, "use_limit_reached")],
])("%s is not asked again unseen", async (_name, ask, refused) => {
  refusals = refused;
  expect(await ending(ask() as Promise<unknown>)).toBeInstanceOf(ProblemError);
  expect(asked).toBe(1);
});

test("who goes on to something else while it waits asks no more", async () => {
  refusals = busy(1);
  const stop = new AbortController();
  const work = api.get("/records/account", { signal: stop.signal }).catch((cause: unknown) => cause);
  await vi.advanceTimersByTimeAsync(10);
  stop.abort();
  expect(await work).toMatchObject({ name: "AbortError" });
  await vi.runAllTimersAsync();
  expect(asked).toBe(1);
});
