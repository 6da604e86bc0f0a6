import { Link } from "@tanstack/react-router";
import { Link2 } from "lucide-react";
import { useSpeech } from "@/messages";
import { useCatalog } from "@/api/catalog";
import type { FieldConfig, Localized } from "@/api/types";
import type { CellProps, FieldUi } from "../contract";
import { isReference, ReferenceEditor, ReferenceFilter, ReferenceFilterText, referenceText, referenceToWrite } from "./references";
import { lazyConfig } from "../parts/configForm";

function Cell({ value, field, linked }: CellProps) {
  const target = useCatalog().target(field);
  const { t } = useSpeech();
  if (!isReference(value)) return null;
  if (value.label === null) return <>{t("value.outOfSight")}</>;
  if (!linked || !target) return <>{value.label}</>;
  return <Link to="/o/$object/$id" params={{ object: target, id: value.id }}>{value.label}</Link>;
}

/** The list on the other side is called as the field is where nobody said otherwise. */
const finishRelation = (config: FieldConfig, label: Localized): FieldConfig => {
  const said = Object.fromEntries(Object.entries(config.inverse_label ?? {}).filter(([, text]) => text?.trim()));
  return { ...config, inverse_label: Object.keys(said).length ? said : label };
};

export const relationField: FieldUi = {
  icon: Link2, width: 180, Cell, Editor: ReferenceEditor, Filter: ReferenceFilter, FilterText: ReferenceFilterText, text: referenceText, toWrite: referenceToWrite,
  ConfigForm: lazyConfig(() => import("./Config")), finishConfig: finishRelation, neededConfig: ["target"],
};
