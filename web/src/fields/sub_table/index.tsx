import { Table2 } from "lucide-react";
import type { FieldUi } from "../contract";
import { lazyConfig } from "../parts/configForm";

/** It holds no value: its rows are records of another object, drawn by the record page and the form of a new record. */
export const subTableField: FieldUi = { icon: Table2, width: 160, virtual: true, multiline: true, Cell: () => null, Editor: () => null, Filter: () => null, text: () => "", ConfigForm: lazyConfig(() => import("./Config")), startConfig: { relation: "", columns: [], totals: [] }, neededConfig: ["relation"] };

/** The object whose records the rows are, and its relation that points back. */
export function subTableOf(config: { relation?: string }): { child: string; relation: string } {
  const [child = "", relation = ""] = (config.relation ?? "").split(".");
  return { child, relation };
}
