import { Network } from "lucide-react";
import type { FieldUi } from "../contract";
import { listed, relationManyField } from "../relation_many";

export const departmentsField: FieldUi = { icon: Network, width: 200, Cell: relationManyField.Cell, ...listed };
