import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { BASE } from "@/api/client";
import { seeingToken } from "@/api/seeing";
import type { Page } from "@/api/types";
import { keys } from "./keys";

export interface Present {
  id: string;
  label: string | null;
}
interface State {
  unread: number;
  present: Readonly<Record<string, Present[]>>;
  /** Connected, on its way again, or not in use (somebody else's eyes, a hidden tab). */
  state: "live" | "waiting" | "off";
}

const NOBODY: Present[] = [];
const SETTLE_MS = 250;
const LISTS_EVERY_MS = 3_000;
const HIDDEN_FOR_MS = 30_000;
/** A list scrolled far is not read again under its reader's eyes. */
const MOST_PAGES = 3;

let state: State = { unread: 0, present: {}, state: "off" };
const listeners = new Set<() => void>();
const put = (change: Partial<State>) => {
  state = { ...state, ...change };
  listeners.forEach((listener) => listener());
};
const listen = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

/** How many panels show a record (`object:id`) or a list (`object`). */
const watched = new Map<string, number>();
let client: QueryClient | null = null;
let source: EventSource | null = null;
let settling: ReturnType<typeof setTimeout> | undefined;
let hiding: ReturnType<typeof setTimeout> | undefined;
const waiting = new Map<string, ReturnType<typeof setTimeout>>();

function watch(name: string): () => void {
  watched.set(name, (watched.get(name) ?? 0) + 1);
  reconnectSoon();
  return () => {
    const left = (watched.get(name) ?? 1) - 1;
    if (left > 0) watched.set(name, left);
    else watched.delete(name);
    reconnectSoon();
  };
}

function reconnectSoon() {
  if (!client) return;
  clearTimeout(settling);
  settling = setTimeout(connect, SETTLE_MS);
}

function address(): string {
  const names = [...watched.keys()].slice(-50);
  const query = new URLSearchParams({ records: names.filter((name) => name.includes(":")).join(","), objects: names.filter((name) => !name.includes(":")).join(",") });
  return `${BASE}/live?${query}`;
}

function connect() {
  disconnect();
  if (!client || document.hidden || seeingToken()) return;
  const opened = new EventSource(address());
  source = opened;
  opened.onopen = () => put({ state: "live" });
  // The browser tries again by itself unless the answer was a refusal: then there is no session to listen with.
  opened.onerror = () => put({ state: opened.readyState === EventSource.CLOSED ? "off" : "waiting" });
  on<{ unread: number }>("inbox", ({ unread }) => {
    if (unread !== state.unread) void client?.invalidateQueries({ queryKey: ["inbox"] });
    put({ unread });
  });
  on<{ id: string; people: Present[] }>("presence", ({ id, people }) => put({ present: { ...state.present, [id]: people } }));
  on<{ object: string; id: string; mine: boolean }>("record", ({ object, id, mine }) => {
    if (!mine) void client?.invalidateQueries({ queryKey: keys.one(object, id) });
    void client?.invalidateQueries({ queryKey: keys.timeline(object, id) });
  });
  on<{ object: string; mine: boolean }>("object", ({ object, mine }) => {
    if (!mine) listsSoon(object);
  });
  on("catalog", () => void client?.invalidateQueries({ queryKey: keys.catalog }));
  on("end", () => disconnect());
}

function on<T>(kind: string, act: (message: T) => void) {
  source?.addEventListener(kind, (event) => act(JSON.parse((event as MessageEvent<string>).data) as T));
}

function listsSoon(object: string) {
  if (waiting.has(object)) return;
  waiting.set(object, setTimeout(() => {
    waiting.delete(object);
    void client?.invalidateQueries({ queryKey: keys.totals(object) });
    void client?.invalidateQueries({ queryKey: keys.lists(object), predicate: ({ state: { data } }) => ((data as InfiniteData<Page> | undefined)?.pages?.length ?? 0) <= MOST_PAGES });
  }, LISTS_EVERY_MS));
}

function disconnect() {
  source?.close();
  source = null;
  if (state.state !== "off") put({ state: "off", present: {} });
}

function onVisible() {
  clearTimeout(hiding);
  if (document.hidden) hiding = setTimeout(disconnect, HIDDEN_FOR_MS);
  else if (!source) {
    reconnectSoon();
    // What happened meanwhile nobody told.
    void client?.invalidateQueries({ queryKey: ["records"], refetchType: "active" });
  }
}

/** Opens the stream for as long as the signed-in frame is there. */
export function useLiveStream(queries: QueryClient): void {
  useEffect(() => {
    client = queries;
    connect();
    document.addEventListener("visibilitychange", onVisible);
    return () => {
      document.removeEventListener("visibilitychange", onVisible);
      clearTimeout(settling);
      client = null;
      disconnect();
    };
  }, [queries]);
}

/** Watches a record while it is shown; who else looks at it now. */
export function useWatch(object: string, id: string | undefined): { people: Present[] } {
  useEffect(() => (id ? watch(`${object}:${id}`) : undefined), [object, id]);
  const people = useSyncExternalStore(listen, () => (id ? state.present[id] : undefined) ?? NOBODY);
  return { people };
}

/** Keeps lists of an object current while they are shown. */
export function useWatchObject(object: string | undefined): void {
  useEffect(() => (object ? watch(object) : undefined), [object]);
}

export const useUnread = () => useSyncExternalStore(listen, () => state.unread);
export const useLiveState = () => useSyncExternalStore(listen, () => state.state);
