import { ProblemError } from "@/api/client";
import type { Translate } from "@/messages";
import { toast } from "./toast";

export function explain(error: unknown, t: Translate): string {
  if (error instanceof ProblemError) return error.code === "network" ? t("state.network") : error.message;
  return t("state.errorTitle");
}

/** Shows a refused action where the person looks next. */
export function complain(error: unknown, t: Translate): void {
  toast(explain(error, t), { tone: "danger", reference: error instanceof ProblemError ? error.reference : undefined });
}
