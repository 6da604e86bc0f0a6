import { afterEach, expect, it, vi } from "vitest";
import { noting, writtenBy, wroteLately } from "./own";

afterEach(() => vi.useRealTimers());

it("knows what a request writes", () => {
  expect(writtenBy("PATCH", "/records/account/1")).toBe("account");
  expect(writtenBy("POST", "/records/account/batch")).toBe("account");
  expect(writtenBy("POST", "/records/account/query")).toBeNull();
  expect(writtenBy("GET", "/records/account/1")).toBeNull();
  expect(writtenBy("POST", "/recents")).toBeNull();
});

it("remembers a write while it is under way and for a moment after, whether it was refused or not", async () => {
  vi.useFakeTimers();
  let end = () => undefined as void;
  const writing = noting("PATCH", "/records/deal/1", () => new Promise<void>((_done, refuse) => { end = () => refuse(new Error("refused")); }));
  vi.advanceTimersByTime(60_000);
  expect(wroteLately("deal")).toBe(true);
  expect(wroteLately("account")).toBe(false);
  end();
  await expect(writing).rejects.toThrow("refused");
  vi.advanceTimersByTime(1_000);
  expect(wroteLately("deal")).toBe(true);
  vi.advanceTimersByTime(2_000);
  expect(wroteLately("deal")).toBe(false);
});
