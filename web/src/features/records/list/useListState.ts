import { useNavigate, useSearch } from "@tanstack/react-router";
import { useLayoutEffect, useMemo } from "react";
import { useCatalog } from "@/api/catalog";
import { setShownView } from "@/api/shownView";
import type { ColorRule, Filter, ObjectType, QueryBody, Sort, View, ViewConfig } from "@/api/types";
import { askedBy } from "./colours/tints";
import type { ListSearch } from "@/features/base/search";
import { fieldUi } from "@/fields/registry";
import { useStored } from "@/ui/hooks";
import { groupFields } from "./lines/groups";

type Density = NonNullable<ViewConfig["density"]>;
type Local = Pick<ViewConfig, "columns" | "widths" | "density" | "pinned" | "colors" | "group_by">;

const NO_COLORS: readonly ColorRule[] = [];

/** Columns of an object that has no view yet: its face, its highlights, then its first fields. */
export function defaultColumns(type: ObjectType): string[] {
  const names = [type.title_field, ...type.layout.highlights, ...type.fields.filter((field) => !field.system && field.type !== "long_text" && !fieldUi(field).virtual).map((field) => field.api_name)];
  return [...new Set(names)].slice(0, 8);
}

/** How a list is drawn: as the view says, overlaid by what this browser changed. */
function drawn(type: ObjectType, kind: View["kind"], base: ViewConfig, mine: Local) {
  const group = mine.group_by !== undefined ? mine.group_by : base.group_by;
  return {
    density: mine.density ?? base.density ?? ("normal" as const),
    widths: { ...base.widths, ...mine.widths },
    pinned: mine.pinned ?? base.pinned ?? 1,
    colors: kind === "list" ? (mine.colors ?? base.colors ?? NO_COLORS) : NO_COLORS,
    groupBy: kind === "list" && group && groupFields(type).some((field) => field.api_name === group) ? group : null,
  };
}

export interface ListState {
  view: View | undefined;
  columns: string[];
  widths: Record<string, number>;
  density: Density;
  pinned: number;
  colors: readonly ColorRule[];
  /** By which field a list is in groups. */
  groupBy: string | null;
  where: Filter | null;
  sort: Sort[];
  search: string;
  dirty: boolean;
  /** Sorted by hand; the view's own order is not worth a chip. */
  resorted: boolean;
  body: QueryBody;
  /** The configuration as it now stands, for saving. */
  config: ViewConfig;
  set: (change: Partial<ListSearch>) => void;
  setLocal: (change: Local) => void;
  reset: () => void;
}

/** The view chosen, overlaid by what the address and this browser changed of it. */
export function useListState(type: ObjectType, kind: View["kind"] = "list"): ListState {
  const catalog = useCatalog();
  const navigate = useNavigate();
  const address = useSearch({ strict: false }) as ListSearch;
  const views = catalog.views(type.api_name);
  const own = views.filter((candidate) => candidate.kind === kind);
  const view = own.find((candidate) => candidate.id === address.view) ?? own[0];
  // Before the queries of this render are sent, which effects do.
  useLayoutEffect(() => {
    setShownView(type.api_name, view?.id);
    return () => setShownView(type.api_name, undefined);
  }, [type.api_name, view?.id]);
  const [local, storeLocal] = useStored<Record<string, Local>>("banyan.columns", {});
  const key = `${type.api_name}:${view?.id ?? "none"}`;
  const mine = local[key] ?? {};

  return useMemo(() => {
    const base = view?.config ?? {};
    const known = (name: string) => { const field = catalog.field(type.api_name, name); return field !== undefined && !fieldUi(field).virtual; };
    const chosen = (mine.columns ?? base.columns ?? []).filter(known);
    const columns = chosen.length ? chosen : defaultColumns(type);
    const where = address.where !== undefined ? address.where : (base.where ?? null);
    const sort = (address.sort ?? base.sort ?? []).filter((part) => known(part.field));
    const search = address.q ?? "";
    const { density, widths, pinned, colors, groupBy } = drawn(type, kind, base, mine);
    const asked = colors.flatMap((rule) => askedBy(rule.where)).filter(known);
    const face = [type.title_field, type.subtitle_field].filter((name): name is string => Boolean(name));
    const body: QueryBody = { select: [...new Set([...columns, ...face, ...asked])], where, limit: 80 };
    if (sort.length) body.sort = sort;
    if (search) body.search = search;
    const set = (change: Partial<ListSearch>) =>
      void navigate({ to: ".", replace: true, search: ((old: ListSearch) => ({ ...old, ...change })) as never });
    return {
      view, columns, widths, density, pinned, colors, groupBy, where, sort, search, body, set,
      resorted: address.sort !== undefined && sort.length > 0,
      dirty: address.where !== undefined || address.sort !== undefined || Object.keys(mine).length > 0,
      config: { ...base, columns, where, sort, widths, density, ...(kind === "list" ? { pinned, colors: [...colors], group_by: groupBy } : {}) },
      setLocal: (change: Local) => storeLocal({ ...local, [key]: { ...mine, ...change } }),
      reset: () => {
        const { [key]: _dropped, ...rest } = local;
        storeLocal(rest);
        set({ where: undefined as never, sort: undefined as never });
      },
    };
    // `mine` is read from `local`; listing both would only repeat it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [catalog, type, view, address, local, key, navigate]);
}
