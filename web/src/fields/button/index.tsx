import { MousePointerClick } from "lucide-react";
import type { FieldUi } from "../contract";
import { lazyConfig } from "../parts/configForm";

/** It holds no value: the record page draws what can be clicked. */
export const buttonField: FieldUi = { icon: MousePointerClick, width: 120, virtual: true, Cell: () => null, Editor: () => null, Filter: () => null, text: () => "", ConfigForm: lazyConfig(() => import("./Config")), startConfig: { action: "set", values: {}, color: "blue" } };
