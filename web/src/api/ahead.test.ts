import { afterEach, expect, it, vi } from "vitest";
import { api } from "./client";

const held = globalThis as { banyanAhead?: Record<string, Promise<Response>> };
const answer = (body: unknown) => Promise.resolve(new Response(JSON.stringify(body), { status: 200 }));

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  delete held.banyanAhead;
});

it("what was asked for ahead is taken once; then the server is asked", async () => {
  const fetched = vi.fn(() => answer({ from: "server" }));
  vi.stubGlobal("fetch", fetched);
  held.banyanAhead = { "/api/v1/metadata/catalog": answer({ from: "ahead" }) };
  vi.spyOn(performance, "now").mockReturnValue(500);
  expect(await api.post("/metadata/catalog", {})).toEqual({ from: "server" });
  expect(await api.get("/sessions/current")).toEqual({ from: "server" });
  expect(await api.get("/metadata/catalog")).toEqual({ from: "ahead" });
  expect(await api.get("/metadata/catalog")).toEqual({ from: "server" });
  expect(fetched).toHaveBeenCalledTimes(3);
});

it("an answer that failed or has grown old is asked for again", async () => {
  vi.stubGlobal("fetch", () => answer({ from: "server" }));
  const now = vi.spyOn(performance, "now").mockReturnValue(500);
  held.banyanAhead = { "/api/v1/one": Promise.reject(new TypeError("network")), "/api/v1/two": answer({ from: "ahead" }) };
  expect(await api.get("/one")).toEqual({ from: "server" });
  now.mockReturnValue(60_000);
  expect(await api.get("/two")).toEqual({ from: "server" });
});
