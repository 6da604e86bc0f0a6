import type { Filter, Sort } from "@/api/types";

/** What of a list lives in the address, so that it can be shared, bookmarked and gone back to. */
export interface ListSearch {
  view?: string;
  /** Overrides the view's own filter; null means none. */
  where?: Filter | null;
  sort?: Sort[];
  q?: string;
  peek?: string;
  by?: string;
  /** By which field a board has lanes; empty is none. */
  lane?: string;
  /** How much of time a calendar or timeline shows at once, and a day that lies in it, as 2026-05-09. */
  scale?: string;
  day?: string;
  /** The month a calendar shows, as 2026-05. */
  month?: string;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Reads an address leniently: what is malformed is left out instead of breaking the page. */
export function parseListSearch(raw: Record<string, unknown>): ListSearch {
  const search: ListSearch = {};
  if (typeof raw["view"] === "string") search.view = raw["view"];
  if (raw["where"] === null || isObject(raw["where"])) search.where = raw["where"] as Filter | null;
  if (Array.isArray(raw["sort"])) search.sort = raw["sort"].filter((part): part is Sort => isObject(part) && typeof part["field"] === "string");
  if (typeof raw["q"] === "string" || typeof raw["q"] === "number") search.q = String(raw["q"]);
  if (typeof raw["peek"] === "string") search.peek = raw["peek"];
  if (typeof raw["month"] === "string") search.month = raw["month"];
  if (typeof raw["by"] === "string") search.by = raw["by"];
  if (typeof raw["lane"] === "string") search.lane = raw["lane"];
  if (typeof raw["scale"] === "string") search.scale = raw["scale"];
  if (typeof raw["day"] === "string") search.day = raw["day"];
  return search;
}
