import type { Catalog } from "@/api/catalog";
import type { ObjectType } from "@/api/types";

export interface Edge {
  id: string;
  source: string;
  target: string;
  field: string;
}
export interface Placed {
  type: ObjectType;
  x: number;
  y: number;
}

const WIDTH = 240;
const HEIGHT = 110;

/** Relations between objects, system fields such as who created a record left out. */
export function edgesOf(catalog: Catalog): Edge[] {
  return catalog.data.objects.flatMap((type) =>
    type.fields
      .filter((field) => !field.system && (field.type === "relation" || field.type === "relation_many") && field.config.target && catalog.object(field.config.target))
      .map((field) => ({ id: `${type.api_name}.${field.api_name}`, source: type.api_name, target: field.config.target ?? "", field: field.api_name })));
}

/** Whom many point at stands left; each object is a column to the right of what it points at. */
export function placed(types: readonly ObjectType[], edges: readonly Edge[]): Placed[] {
  const depth = new Map<string, number>();
  const level = (name: string, seen: readonly string[]): number => {
    const known = depth.get(name);
    if (known !== undefined) return known;
    const ahead = edges.filter((edge) => edge.source === name && edge.target !== name && !seen.includes(edge.target)).map((edge) => level(edge.target, [...seen, name]) + 1);
    const found = Math.max(0, ...ahead);
    if (seen.length === 0) depth.set(name, found);
    return found;
  };
  const rows = new Map<number, number>();
  return types.map((type) => {
    const column = level(type.api_name, []);
    const row = rows.get(column) ?? 0;
    rows.set(column, row + 1);
    return { type, x: column * WIDTH, y: row * HEIGHT };
  });
}
