import { Eye } from "lucide-react";
import type { FieldUi } from "../contract";
import { computedUi } from "../formula/result";
import { lazyConfig } from "../parts/configForm";

export const lookupField: FieldUi = { ...computedUi, icon: Eye, ConfigForm: lazyConfig(() => import("./Config")), startConfig: { path: "" }, neededConfig: ["path"] };
