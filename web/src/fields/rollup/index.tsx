import { Combine } from "lucide-react";
import type { FieldUi } from "../contract";
import { computedUi } from "../formula/result";
import { lazyConfig } from "../parts/configForm";

export const rollupField: FieldUi = { ...computedUi, icon: Combine, ConfigForm: lazyConfig(() => import("./Config")), startConfig: { relation: "", function: "count", blank_as_zero: true }, neededConfig: ["relation"] };
