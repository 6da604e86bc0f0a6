import { useQueryClient } from "@tanstack/react-query";
import { useLayoutEffect, useRef, useState } from "react";
import { api, ProblemError } from "@/api/client";
import { useCatalog } from "@/api/catalog";
import { toWrite } from "@/features/base/write";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import type { DocumentData, DocumentObject, Line } from "./model/types";
import { sent, sorted, toWire } from "./model/wire";
import { documentKeys, readDocument, useRefreshDocument } from "./read";
import type { Draft } from "./useDraft";

const NO_PROBLEMS = { header: {} as Record<string, string>, lines: new Map<string, Record<string, string>>() };
const CONFLICT = 409;

/** Writes header and lines at once; what is refused is said where it stands, and a lost race shows what the other did. */
export function useSave(object: DocumentObject, id: string, draft: Draft) {
  const client = useQueryClient();
  const catalog = useCatalog();
  const { t } = useSpeech();
  const refresh = useRefreshDocument(object);
  const [busy, setBusy] = useState(false);
  const running = useRef<Promise<DocumentData | null> | null>(null);
  const [problems, setProblems] = useState(NO_PROBLEMS);
  const [conflict, setConflict] = useState<DocumentData | null>(null);

  const refused = (error: unknown, going: readonly Line[]) => {
    if (!(error instanceof ProblemError) || error.errors.length === 0) return complain(error, t);
    const found = sorted(error.errors);
    const header = Object.fromEntries(found.document.map((each) => [each.field, each.message]));
    setProblems({ header, lines: new Map([...found.lines].flatMap(([index, fields]) => (going[index] ? [[going[index].key, fields] as const] : []))) });
    complain(error, t);
  };
  const isSeeking = draft.lines.some((line) => line.seeking);
  const latest = useRef(draft);
  const waiting = useRef<(() => void)[]>([]);
  useLayoutEffect(() => {
    latest.current = draft;
    if (!isSeeking) waiting.current.splice(0).forEach((go) => go());
  });
  /** The draft once all products that are being looked up have come in. */
  const settled = async (): Promise<Draft> => {
    while (latest.current.lines.some((line) => line.seeking)) await new Promise<void>((go) => waiting.current.push(go));
    return latest.current;
  };
  const write = async (over?: DocumentData): Promise<DocumentData | null> => {
    setBusy(true);
    try {
      return await put(await settled(), over);
    } finally {
      setBusy(false);
    }
  };
  const put = async (draft: Draft, over?: DocumentData): Promise<DocumentData | null> => {
    const unknown = draft.lines.find((line) => line.unknown);
    if (unknown) {
      toast(t("quoting.unknownProduct", { name: unknown.unknown ?? "" }), { tone: "danger" });
      return null;
    }
    const base = over ?? draft.base;
    const known = new Set(base.lines.map((line) => line.id));
    const taken = { changed: draft.changed, lines: draft.lines };
    const going = sent(draft.lines);
    const lines = toWire(draft.lines, draft.value("currency") ? String(draft.value("currency")) : null).map((line) => (line["id"] && !known.has(String(line["id"])) ? (({ id: _gone, ...rest }) => rest)(line) : line));
    try {
      const saved = await api.put<DocumentData>(`/documents/${object}/${id}/lines`, { version: base.document.version, header: toWrite(catalog, object, draft.changed), lines });
      setProblems(NO_PROBLEMS);
      setConflict(null);
      draft.saved(saved, taken);
      client.setQueryData(documentKeys.one(object, id), saved);
      void refresh();
      return saved;
    } catch (error) {
      if (error instanceof ProblemError && error.status === CONFLICT && error.code === "version_conflict") setConflict(await readDocument(object, id).catch(() => null));
      else refused(error, going);
      return null;
    }
  };
  /** The saved document, or null where it was not saved. Who asks while it is being saved waits for that one. */
  const save = (over?: DocumentData): Promise<DocumentData | null> => {
    running.current ??= write(over).finally(() => { running.current = null; });
    return running.current;
  };
  return {
    busy, save, problems, conflict,
    keepMine: () => { const now = conflict; setConflict(null); if (now) void save(now).then((saved) => saved && toast(t("state.saved"))); },
    keepTheirs: () => { const now = conflict; setConflict(null); if (now) { draft.begin(now); client.setQueryData(documentKeys.one(object, id), now); } },
    closeConflict: () => setConflict(null),
  };
}
