import { Sigma } from "lucide-react";
import type { FieldUi } from "../contract";
import { lazyConfig } from "../parts/configForm";
import { computedUi } from "./result";

export const formulaField: FieldUi = { ...computedUi, icon: Sigma, ConfigForm: lazyConfig(() => import("./Config")), startConfig: { formula: "", scale: 2 }, neededConfig: ["formula"] };
