/**
 * Seeing as somebody: a window of its own whose requests carry a token instead of the cookie. The token goes from window
 * to window as a message of this same origin and lives in that window's session storage; it is in no address and no log.
 */
const KEY = "banyan.seeing";
const READY = "banyan.seeing.ready";
export const SEE_PATH = "/see";

let token: string | null = null;
try {
  token = sessionStorage.getItem(KEY);
} catch {
  // Without session storage there is no such window.
}

export const seeingToken = () => token;

export function endSeeing(): void {
  token = null;
  sessionStorage.removeItem(KEY);
  window.location.replace(`${SEE_PATH}?over=1`);
}

/** Opens the window; null where the browser forbids it. */
export function openSeeing(): { give: (token: string) => void; close: () => void } | null {
  const opened = window.open(SEE_PATH, "_blank");
  if (!opened) return null;
  let given: string | null = null;
  let ready = false;
  const send = () => {
    if (!ready || given === null) return;
    opened.postMessage({ kind: KEY, token: given }, window.location.origin);
    window.removeEventListener("message", onReady);
  };
  const onReady = (event: MessageEvent) => {
    if (event.origin !== window.location.origin || event.source !== opened || (event.data as { kind?: unknown }).kind !== READY) return;
    ready = true;
    send();
  };
  window.addEventListener("message", onReady);
  return {
    give: (next) => {
      given = next;
      send();
    },
    close: () => {
      window.removeEventListener("message", onReady);
      opened.close();
    },
  };
}

/** In the opened window: takes the token and begins. Returns the release. */
export function receiveSeeing(): () => void {
  const opener = window.opener as Window | null;
  const onToken = (event: MessageEvent) => {
    const data = event.data as { kind?: unknown; token?: unknown };
    if (event.origin !== window.location.origin || event.source !== opener || data.kind !== KEY || typeof data.token !== "string") return;
    sessionStorage.setItem(KEY, data.token);
    window.location.replace("/");
  };
  window.addEventListener("message", onToken);
  opener?.postMessage({ kind: READY }, window.location.origin);
  return () => window.removeEventListener("message", onToken);
}
