import { useMemo } from "react";
import { useCatalog } from "@/api/catalog";
import type { Field } from "@/api/types";
import type { Option } from "@/fields/parts/Choose";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";

/** "客户 › 行业" for a path. */
export function usePathLabel() {
  const catalog = useCatalog();
  const { say } = useSpeech();
  return (object: string, path: string) => {
    const trail = catalog.trail(object, path);
    return trail.length ? trail.map((field) => say(field.label)).join(" › ") : path;
  };
}

/** Row identity and version are the system's own and mean nothing to people. */
const INTERNAL = new Set(["identifier", "row_version"]);
const filterable = (field: Field) => field.operators.length > 0;

/** Fields of an object and, one step along its to-one relations, of what it points to. */
export function useFieldOptions(object: string, accept: (field: Field) => boolean = filterable, deep = true): Option[] {
  const catalog = useCatalog();
  const { say } = useSpeech();
  return useMemo(() => {
    const own = catalog.object(object)?.fields ?? [];
    const option = (field: Field, path: string, text: string): Option => {
      const { icon: Icon } = fieldUi(field);
      return { value: path, text, node: <span style={{ display: "inline-flex", gap: 8, alignItems: "center" }}><Icon size={13} color="var(--faint)" aria-hidden />{text}</span> };
    };
    const near = own.filter((field) => accept(field) && !INTERNAL.has(field.type) && !fieldUi(field).virtual).map((field) => option(field, field.api_name, say(field.label)));
    if (!deep) return near;
    const far = own.flatMap((relation) => {
      const target = relation.system ? undefined : catalog.target(relation);
      const fields = target ? (catalog.object(target)?.fields ?? []) : [];
      return fields.filter((field) => accept(field) && !field.system && !fieldUi(field).virtual).map((field) => option(field, `${relation.api_name}.${field.api_name}`, `${say(relation.label)} › ${say(field.label)}`));
    });
    return [...near, ...far];
  }, [catalog, object, accept, deep, say]);
}
