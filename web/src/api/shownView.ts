/** The saved view that a list shows, told beside its queries so that a slow one can be named after it. It decides nothing. */
let shown: { object: string; id: string } | null = null;

export const setShownView = (object: string, id: string | undefined) => void (shown = id ? { object, id } : null);

const LISTED = /^\/records\/([^/]+)\/(?:query|aggregate|anchors)$/;

export function viewHeaders(path: string): Record<string, string> {
  return shown && LISTED.exec(path)?.[1] === shown.object ? { "X-Banyan-View": shown.id } : {};
}
