import { User } from "lucide-react";
import { Mark } from "@/ui/Mark";
import type { CellProps, FieldUi } from "../contract";
import { isReference, ReferenceEditor, ReferenceFilter, ReferenceFilterText, referenceText, referenceToWrite } from "../relation/references";

function Cell({ value }: CellProps) {
  if (!isReference(value) || !value.label) return null;
  return (
    <span style={{ display: "inline-flex", alignItems: "center", gap: 6, maxWidth: "100%" }}>
      <Mark name={value.label} size={20} />
      <span style={{ overflow: "hidden", textOverflow: "ellipsis" }}>{value.label}</span>
    </span>
  );
}

export const userField: FieldUi = {
  icon: User, width: 130, Cell, Editor: ReferenceEditor, Filter: ReferenceFilter, FilterText: ReferenceFilterText, text: referenceText, toWrite: referenceToWrite,
};
