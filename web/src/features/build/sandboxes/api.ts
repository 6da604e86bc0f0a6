import { api } from "@/api/client";
import type { Found } from "../configuration/Difference";

export interface Sandbox {
  key: string;
  name: string;
  /** Whoever made it enters it; others who configure may look at it, bring it back and remove it. */
  enterable: boolean;
}

/** As the server holds it. */
export const MOST_ROWS = 200;

export const sandboxKeys = {
  list: ["build", "sandboxes"] as const,
  difference: (key: string, prune: boolean) => ["build", "sandboxes", key, prune] as const,
};

export const sandboxApi = {
  list: () => api.get<{ sandboxes: Sandbox[] }>("/sandboxes").then((found) => found.sandboxes),
  make: (name: string, rows: number) => api.post<{ key: string; name: string }>("/sandboxes", { name, rows }),
  enter: (key: string) => api.post(`/sandboxes/${key}/enter`),
  difference: (key: string, prune: boolean) => api.get<Found>(`/sandboxes/${key}/difference`, { query: { prune: String(prune) } }),
  bringBack: (key: string, prune: boolean) => api.post<{ change_set: string; operations: number }>(`/sandboxes/${key}/bring-back`, { prune }),
  remove: (key: string) => api.delete(`/sandboxes/${key}`),
};
