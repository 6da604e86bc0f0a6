import { takeAhead } from "./ahead";
import { pause, pauseBefore } from "./busy";
import { noting } from "./own";
import { endSeeing, seeingToken } from "./seeing";
import { viewHeaders } from "./shownView";
import type { Language, Problem, RecordData } from "./types";

export const BASE = "/api/v1";

/** An answer the API refused, with the members of RFC 9457 that screens need. */
export class ProblemError extends Error {
  readonly status: number;
  readonly code: string;
  readonly reference: string | undefined;
  readonly errors: NonNullable<Problem["errors"]>;
  readonly current: RecordData | undefined;
  readonly retryAfter: number | undefined;
  /** With a password that has come of age: what the new one is chosen with. */
  readonly token: string | undefined;
  /** Of several operations, which one was refused. */
  readonly operation: number | undefined;
  readonly found: unknown[];
  /** Of a record that was merged, what it has become. */
  readonly mergedInto: string | undefined;
  /** Who would lose what, where a change is shown before it is made. */
  readonly owners: Problem["owners"];

  constructor(problem: Problem, retryAfter?: number) {
    super(problem.detail || problem.title);
    this.name = "ProblemError";
    this.status = problem.status;
    this.code = problem.code;
    this.reference = problem.reference;
    this.errors = problem.errors ?? [];
    this.current = problem.current;
    this.retryAfter = retryAfter;
    this.token = problem.token;
    this.operation = problem.operation;
    this.found = problem.found ?? [];
    this.mergedInto = problem.merged_into;
    this.owners = problem.owners;
  }

  /** Messages by field name, so that a form can show each beside its field. */
  get fields(): Record<string, string> {
    const found: Record<string, string> = {};
    for (const error of this.errors) {
      const parts = error.pointer.split("/").filter(Boolean);
      const name = (parts[0] === "values" ? parts[1] : parts[0]) ?? "";
      found[name] ??= error.message;
    }
    return found;
  }
}

export interface RequestOptions {
  query?: Record<string, string | number | undefined>;
  signal?: AbortSignal;
  /** Sign-in itself must not wait for a sign-in. */
  anonymous?: boolean;
  headers?: Record<string, string>;
}

let language: Language = "zh-CN";
/** Resolves once the person has signed in again; null before anyone has signed in. */
let reauthenticate: (() => Promise<void>) | null = null;

export const setRequestLanguage = (next: Language) => void (language = next);
export const setReauthenticate = (handler: typeof reauthenticate) => void (reauthenticate = handler);

/** Random key; `crypto.randomUUID` is missing on plain-HTTP intranets, `getRandomValues` is not. */
export function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function url(path: string, query: RequestOptions["query"]): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) search.set(name, String(value));
  const text = search.toString();
  return `${BASE}${path}${text ? `?${text}` : ""}`;
}

async function problemOf(response: Response): Promise<ProblemError> {
  const retry = Number(response.headers.get("Retry-After")) || undefined;
  const fallback: Problem = { title: response.statusText || `HTTP ${response.status}`, status: response.status, code: `http_${response.status}` };
  const body: unknown = await response.json().catch(() => null);
  const known = body !== null && typeof body === "object" && "code" in body;
  return new ProblemError(known ? { ...fallback, ...(body as Problem) } : fallback, retry);
}

async function send(method: string, path: string, body: unknown, options: RequestOptions): Promise<Response> {
  const headers: Record<string, string> = { "Accept-Language": language, Accept: "application/json", ...viewHeaders(path), ...options.headers };
  const seeing = seeingToken();
  if (seeing) headers["Authorization"] = `Bearer ${seeing}`;
  let payload: BodyInit | undefined;
  if (body instanceof FormData || body instanceof Blob) payload = body;
  else if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    payload = JSON.stringify(body);
  }
  // Through somebody's eyes neither the cookie is sent nor one taken: ending that must not sign out who looks.
  const init: RequestInit = { method, headers, credentials: seeing ? "omit" : "same-origin" };
  if (payload !== undefined) init.body = payload;
  if (options.signal) init.signal = options.signal;
  const address = url(path, options.query);
  try {
    const ahead = method === "GET" && !seeing ? takeAhead(address) : undefined;
    return (ahead && (await ahead)) ?? (await fetch(address, init));
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ProblemError({ title: "network", status: 0, code: "network" });
  }
}

/** Sends a request; a read that is refused because the service is busy waits as it was told to and is asked again. */
export async function raw(method: string, path: string, body?: unknown, options: RequestOptions = {}): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await noting(method, path, () => once(method, path, body, options));
    } catch (problem) {
      const wait = problem instanceof ProblemError ? pauseBefore(tries, method, path, problem.code, problem.retryAfter) : null;
      if (wait === null) throw problem;
      await pause(wait, options.signal);
    }
  }
}

/** When the session has ended, waits for the person to sign in again in place and repeats the request once. */
async function once(method: string, path: string, body: unknown, options: RequestOptions): Promise<Response> {
  const keyed = method === "POST" && !options.anonymous;
  const headers = keyed ? { "Idempotency-Key": randomKey(), ...options.headers } : options.headers;
  const complete = headers ? { ...options, headers } : options;
  let response = await send(method, path, body, complete);
  // Borrowed eyes are not borrowed again by a password.
  if (response.status === 401 && seeingToken()) endSeeing();
  else if (response.status === 401 && !options.anonymous && reauthenticate) {
    await reauthenticate();
    response = await send(method, path, body, complete);
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function json<T>(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<T> {
  const response = await raw(method, path, body, options);
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

export const api = {
  get: <T>(path: string, options?: RequestOptions) => json<T>("GET", path, undefined, options),
  post: <T>(path: string, body?: unknown, options?: RequestOptions) => json<T>("POST", path, body, options),
  put: <T>(path: string, body?: unknown, options?: RequestOptions) => json<T>("PUT", path, body, options),
  patch: <T>(path: string, body?: unknown, options?: RequestOptions) => json<T>("PATCH", path, body, options),
  delete: <T = void>(path: string, options?: RequestOptions) => json<T>("DELETE", path, undefined, options),
};
