import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { api, BASE, ProblemError } from "@/api/client";
import { wroteLately } from "@/api/own";
import { seeingToken } from "@/api/seeing";
import { useSession } from "@/api/session";
import type { Page, RecordData } from "@/api/types";
import { pauseAfter } from "./again";
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
/** As long as the answer to a write of this tab may come after its message. */
const OWN_ANSWER_MS = 1_000;
/** What happens while a stream is exchanged for one that watches something else is told by the next. */
const EXCHANGED_MS = 3_000;
const SPREAD_MS = 1_000;
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
/** The pause before a stream that was refused is asked for again. */
let pausing: ReturnType<typeof setTimeout> | undefined;
let refusals = 0;
/** Since when nobody told what happens; never, before the first stream and while one is open. */
let deafSince = Infinity;
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
  // Who waits for a pause to end then asks for what is watched by then.
  if (!client || pausing !== undefined) return;
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
  opened.onopen = () => {
    refusals = 0;
    put({ state: "live" });
    // Spread out: all who listened to one process were cut off in one moment.
    if (Date.now() - deafSince > EXCHANGED_MS) setTimeout(readAnew, Math.random() * SPREAD_MS);
    deafSince = Infinity;
  };
  opened.onerror = () => {
    deafSince = 0;
    // The browser tries again by itself unless the answer was a refusal.
    if (opened.readyState === EventSource.CLOSED) again();
    else put({ state: "waiting" });
  };
  on<{ unread: number }>("inbox", ({ unread }) => {
    if (unread !== state.unread) void client?.invalidateQueries({ queryKey: ["inbox"] });
    put({ unread });
  });
  on<{ id: string; people: Present[] }>("presence", ({ id, people }) => put({ present: { ...state.present, [id]: people } }));
  on<{ object: string; id: string; version: number; mine: boolean }>("record", ({ object, id, version, mine }) => {
    if (mine) setTimeout(() => recordUnlessKnown(object, id, version), OWN_ANSWER_MS);
    else void client?.invalidateQueries({ queryKey: keys.one(object, id) });
    void client?.invalidateQueries({ queryKey: keys.timeline(object, id) });
  });
  on<{ object: string; mine: boolean }>("object", ({ object, mine }) => {
    // A list that this tab writes in stays as it is: a row that no longer belongs does not vanish under who edits it.
    if (!mine || !wroteLately(object)) listsSoon(object);
  });
  on("catalog", () => void client?.invalidateQueries({ queryKey: keys.catalog }));
  on("end", () => again());
}

/** After a pause asks for the stream again, unless the session is over: then whoever signs in anew opens one. */
function again(asked?: number) {
  disconnect();
  deafSince = 0;
  refusals += 1;
  put({ state: "waiting" });
  const mine = setTimeout(() => {
    // A refused stream does not say why; the session does.
    api.get("/sessions/current", { anonymous: true }).then(
      () => mine === pausing && connect(),
      (error: unknown) => {
        if (mine !== pausing) return;
        if (error instanceof ProblemError && error.status === 401) disconnect();
        else again(error instanceof ProblemError ? error.retryAfter : undefined);
      },
    );
  }, pauseAfter(refusals, asked));
  pausing = mine;
}

const isFar = (data: unknown) => ((data as InfiniteData<Page> | undefined)?.pages?.length ?? 0) > MOST_PAGES;

/** What happened while nobody told: everything that a message could have touched. */
function readAnew() {
  void client?.invalidateQueries({ queryKey: ["records"], predicate: ({ queryKey, state: { data } }) => queryKey[2] !== "list" || !isFar(data) });
  void client?.invalidateQueries({ queryKey: ["inbox"] });
  void client?.invalidateQueries({ queryKey: keys.catalog });
}

/** The same person may write in another window: only a record that is known at that version is not read again. */
function recordUnlessKnown(object: string, id: string, version: number) {
  const known = client?.getQueryData<RecordData>(keys.one(object, id));
  if (known && known.version < version) void client?.invalidateQueries({ queryKey: keys.one(object, id) });
}

function on<T>(kind: string, act: (message: T) => void) {
  source?.addEventListener(kind, (event) => act(JSON.parse((event as MessageEvent<string>).data) as T));
}

function listsSoon(object: string) {
  if (waiting.has(object)) return;
  waiting.set(object, setTimeout(() => {
    waiting.delete(object);
    void client?.invalidateQueries({ queryKey: keys.totals(object) });
    void client?.invalidateQueries({ queryKey: keys.lists(object), predicate: ({ state: { data } }) => !isFar(data) });
  }, LISTS_EVERY_MS));
}

function disconnect() {
  source?.close();
  source = null;
  clearTimeout(pausing);
  pausing = undefined;
  if (state.state === "live") deafSince = Date.now();
  if (state.state !== "off") put({ state: "off", present: {} });
}

function onVisible() {
  clearTimeout(hiding);
  if (document.hidden) hiding = setTimeout(disconnect, HIDDEN_FOR_MS);
  else if (!source) {
    readAnew();
    deafSince = Date.now();
    reconnectSoon();
  }
}

/** Opens the stream for as long as the signed-in frame is there; who signs in again gets one again. */
export function useLiveStream(queries: QueryClient): void {
  const session = useSession();
  useEffect(() => {
    client = queries;
    refusals = 0;
    connect();
    document.addEventListener("visibilitychange", onVisible);
    return () => {
      document.removeEventListener("visibilitychange", onVisible);
      clearTimeout(settling);
      client = null;
      disconnect();
    };
  }, [queries, session]);
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
