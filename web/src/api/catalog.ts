import { createContext, useContext } from "react";
import type { CatalogData, Field, FieldTypeInfo, ObjectType, Operator, View } from "./types";

const TO_ONE = new Set(["user", "department", "relation"]);

/** One version of the workspace's metadata with the look-ups that screens need; never changed in place. */
export class Catalog {
  readonly data: CatalogData;
  private readonly objectsByName: Map<string, ObjectType>;
  private readonly fieldsByObject = new Map<string, Map<string, Field>>();

  constructor(data: CatalogData) {
    this.data = data;
    this.objectsByName = new Map(data.objects.map((object) => [object.api_name, object]));
    for (const object of data.objects) {
      this.fieldsByObject.set(object.api_name, new Map(object.fields.map((field) => [field.api_name, field])));
    }
  }

  object(name: string): ObjectType | undefined {
    return this.objectsByName.get(name);
  }

  get navigation(): ObjectType[] {
    return this.data.objects.filter((object) => object.in_navigation).sort((a, b) => a.position - b.position);
  }

  /** The field at a path; `account.industry` follows to-one relations, a user field leads to the object `user`. */
  field(object: string, path: string): Field | undefined {
    const [head, ...rest] = path.split(".");
    const field = this.fieldsByObject.get(object)?.get(head ?? "");
    if (!field || rest.length === 0) return field;
    const target = this.target(field);
    return target ? this.field(target, rest.join(".")) : undefined;
  }

  /** Fields along a path, for labels such as "客户 › 行业". */
  trail(object: string, path: string): Field[] {
    const trail: Field[] = [];
    let at: string | undefined = object;
    for (const name of path.split(".")) {
      const field: Field | undefined = at ? this.fieldsByObject.get(at)?.get(name) : undefined;
      if (!field) return [];
      trail.push(field);
      at = this.target(field);
    }
    return trail;
  }

  /** Where a to-one relation leads, which is where its paths go on. */
  target(field: Field): string | undefined {
    return TO_ONE.has(field.type) ? this.reached(field) : undefined;
  }

  /** The one object whose records a value names, be it one or a list of them. */
  reached(field: Field): string | undefined {
    return field.type === "user" ? "user" : field.config.target;
  }

  views(object: string): View[] {
    // One's own views come after the shared ones, so that saving one never changes what opens first.
    const last = (view: View) => Number(view.visibility === "private");
    return this.data.views.filter((view) => view.object === object).sort((a, b) => last(a) - last(b) || a.position - b.position);
  }

  operator(key: string): Operator | undefined {
    return this.data.operators[key];
  }

  fieldType(key: string): FieldTypeInfo | undefined {
    return this.data.field_types.find((type) => type.key === key);
  }
}

export const CatalogContext = createContext<Catalog | null>(null);

export function useCatalog(): Catalog {
  const catalog = useContext(CatalogContext);
  if (!catalog) throw new Error("The catalog is read outside of the signed-in shell.");
  return catalog;
}

