import { useQuery } from "@tanstack/react-query";
import { api, ProblemError } from "@/api/client";
import type { Language } from "@/api/types";
import type { PrintTemplate } from "@/features/base/PrintMenu";

export interface Fact { label: string; value: string }
export interface Block { heading: string; lines: Fact[] }
export interface Column { field: string; label: string; width: number; optional: boolean }
export interface Table { source: string; heading: string; columns: Column[] }
export interface Total { field: string; label: string; strong: boolean; optional: boolean }
export interface Clause { heading: string; text: string }
export interface Signature { heading: string; lines: string[] }
/** As the server keeps it (`printing/template.py`). */
export interface TemplateDocument {
  paper: "a4" | "us-letter";
  logo: boolean;
  letterhead: Block;
  title: string;
  facts: Fact[];
  parties: Block[];
  intro: string;
  tables: Table[];
  totals: Total[];
  words_label: string;
  words_of: string;
  clauses: Clause[];
  bank: Block;
  signatures: Signature[];
  footer: string;
  marks: Record<string, string>;
  file_name: string;
}
export interface WholeTemplate extends PrintTemplate { document: TemplateDocument }

/** Every template of the workspace, and what ships. */
export const useAllTemplates = () =>
  useQuery({ queryKey: ["print-templates", "all"], queryFn: ({ signal }) => api.get<{ templates: PrintTemplate[] }>("/print-templates", { signal }) });

/** One to edit: an own one by its id, else what ships for the object as a beginning. */
export const useTemplate = (id: string, object: string, language: Language) =>
  useQuery({
    queryKey: ["print-templates", "one", id, object, language],
    staleTime: 0,
    gcTime: 0,
    queryFn: ({ signal }) =>
      id === "new"
        ? api.get<Pick<WholeTemplate, "object" | "language" | "document">>("/print-templates/shipped", { signal, query: { object, language } })
        : api.get<WholeTemplate>(`/print-templates/${id}`, { signal }),
  });

/** What is wrong by its place in the document. */
export function places(error: unknown): Record<string, string> {
  if (!(error instanceof ProblemError)) return {};
  return Object.fromEntries(error.errors.map((each) => [each.pointer.replace(/^\/document/, ""), each.message]));
}

/** What a new line of a list begins as: the first line without its texts. */
export const blank = {
  fact: (): Fact => ({ label: "", value: "" }),
  block: (): Block => ({ heading: "", lines: [] }),
  clause: (): Clause => ({ heading: "", text: "" }),
  signature: (): Signature => ({ heading: "", lines: [] }),
};
