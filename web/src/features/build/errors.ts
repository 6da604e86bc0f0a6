import { ProblemError } from "@/api/client";

/** The part of a pointer by which the form finds its row: of /config/pattern and /operations/0/field/label the last. */
export function errorsByPart(error: unknown): Record<string, string> {
  if (!(error instanceof ProblemError)) return {};
  if (error.code.endsWith("label_taken")) return { label: error.message };
  if (error.code.endsWith("name_taken")) return { api_name: error.message };
  return Object.fromEntries(
    error.errors.map((each) => {
      const parts = each.pointer.split("/").filter((part) => part && !/^\d+$/.test(part));
      const config = parts.indexOf("config");
      const known = config >= 0 ? parts[config + 1] : ["api_name", "label"].find((part) => parts.includes(part));
      return [known ?? parts.at(-1) ?? "", each.message];
    }),
  );
}
