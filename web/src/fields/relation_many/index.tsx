import { Link } from "@tanstack/react-router";
import { Waypoints } from "lucide-react";
import { useCatalog } from "@/api/catalog";
import { useSpeech } from "@/messages";
import type { CellProps, FieldUi } from "../contract";
import { lazyConfig } from "../parts/configForm";
import { isReference, ReferenceFilter, ReferenceFilterText, ReferencesEditor, referencesText, referencesToWrite } from "../relation/references";

/** What several types share that hold a list of records. */
export const listed = { Editor: ReferencesEditor, Filter: ReferenceFilter, FilterText: ReferenceFilterText, text: referencesText, toWrite: referencesToWrite };

function Cell({ value, field, linked }: CellProps) {
  const { t } = useSpeech();
  const target = useCatalog().reached(field);
  const items = Array.isArray(value) ? value.filter(isReference) : [];
  return (
    <span style={{ display: "inline-flex", gap: "2px 10px", flexWrap: linked ? "wrap" : "nowrap", overflow: "hidden", maxWidth: "100%" }}>
      {items.map((item) => (
        <span key={item.id} style={{ whiteSpace: "nowrap" }}>
          {item.label === null ? t("value.outOfSight") : linked && target ? <Link to="/o/$object/$id" params={{ object: target, id: item.id }}>{item.label}</Link> : item.label}
        </span>
      ))}
    </span>
  );
}

export const relationManyField: FieldUi = { icon: Waypoints, width: 200, Cell, ...listed, ConfigForm: lazyConfig(() => import("./Config")), neededConfig: ["target"] };
