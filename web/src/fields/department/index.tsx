import { Network } from "lucide-react";
import type { FieldUi } from "../contract";
import { relationField } from "../relation";

/** A relation to a department; where it leads is given. */
export const departmentField: FieldUi = {
  icon: Network, width: 150, Cell: relationField.Cell, Editor: relationField.Editor, Filter: relationField.Filter, text: relationField.text,
  ...(relationField.FilterText ? { FilterText: relationField.FilterText } : {}),
  ...(relationField.toWrite ? { toWrite: relationField.toWrite } : {}),
};
