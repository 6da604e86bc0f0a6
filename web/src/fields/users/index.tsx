import { Users } from "lucide-react";
import { Mark } from "@/ui/Mark";
import type { CellProps, FieldUi } from "../contract";
import { isReference } from "../relation/references";
import { listed } from "../relation_many";

const SHOWN = 3;

/** Marks with names on the record's page; in a list the marks of the first, and how many more there are. */
function Cell({ value, linked }: CellProps) {
  const people = (Array.isArray(value) ? value.filter(isReference) : []).filter((person) => person.label);
  const shown = linked ? people : people.slice(0, SHOWN);
  return (
    <span style={{ display: "inline-flex", alignItems: "center", gap: linked ? "4px 10px" : 4, flexWrap: linked ? "wrap" : "nowrap", overflow: "hidden", maxWidth: "100%" }}>
      {shown.map((person) => (
        <span key={person.id} style={{ display: "inline-flex", alignItems: "center", gap: 6 }} title={person.label ?? ""}>
          <Mark name={person.label ?? ""} size={20} />
          {(linked || people.length === 1) && person.label}
        </span>
      ))}
      {shown.length < people.length && <span style={{ color: "var(--muted)" }}>+{people.length - shown.length}</span>}
    </span>
  );
}

export const usersField: FieldUi = { icon: Users, width: 150, Cell, ...listed };
