import { useEffect, useRef, useState } from "react";
import { useStable } from "@/ui/hooks";
import { useKept } from "./kept";
import { same } from "./model/diff";
import { fromRecords, isBlank, overSaved, unanswered } from "./model/lines";
import type { DocumentData, DocumentObject, Header, Line } from "./model/types";

const STEPS = 100;
const KEEP_MS = 400;

/** What is typed of a line, without what only the screen knows. */
const shape = (line: Line) => JSON.stringify([line.id, line.product?.id ?? null, line.parent, line.follows, line.quantity, line.unit_price, line.discount, line.tax_rate, line.unit, line.name, line.note]);
const sameLines = (a: readonly Line[], b: readonly Line[]) => a.length === b.length && a.every((line, index) => line === b[index] || shape(line) === shape(b[index]!));

/** Header and lines as they are being written, over what the server has; every step can be undone. */
export function useDraft(object: DocumentObject, id: string, data: DocumentData) {
  const kept = useKept(object, id);
  const [begun] = useState(() => (data.locked ? null : kept.read()));
  const [base, setBase] = useState(begun?.base ?? data);
  const [header, setHeader] = useState<Header>(() => begun?.header ?? {});
  const [lines, setLines] = useState<Line[]>(() => begun?.lines.map(unanswered) ?? fromRecords(data.lines));
  // What was put last, drawn or not: what a lookup answers and what a key does may come between two drawings.
  const now = useRef(lines);
  const past = useRef<Line[][]>([]);
  const [restored, setRestored] = useState(begun !== null);
  const changed = Object.fromEntries(Object.entries(header).filter(([name, value]) => !same(value, base.document[name])));
  const dirty = Object.keys(changed).length > 0 || !sameLines(lines.filter((line) => !isBlank(line)), fromRecords(base.lines));

  const put = (next: Line[]) => {
    now.current = next;
    setLines(next);
  };
  const begin = useStable((next: DocumentData) => {
    past.current = [];
    setBase(next);
    setHeader({});
    put(fromRecords(next.lines));
    setRestored(false);
    kept.write(null);
  });
  /** What was typed while `taken` was being saved is not lost: it is what has changed since. */
  const saved = useStable((next: DocumentData, taken: { changed: Header; lines: readonly Line[] }) => {
    if (sameLines(now.current, taken.lines) && Object.entries(changed).every(([name, value]) => same(value, taken.changed[name]))) return begin(next);
    past.current = [];
    setBase(next);
    setHeader((old) => Object.fromEntries(Object.entries(old).filter(([name, value]) => !same(value, taken.changed[name]))));
    put(overSaved(now.current, taken.lines, next.lines));
  });
  // What came in from elsewhere is taken over while nothing is being written here.
  useEffect(() => {
    if (!dirty && data !== base) begin(data);
    // Only news from the server is looked at.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [data]);
  const keep = useStable(() => kept.write(dirty && !base.locked ? { base, header: changed, lines } : null));
  useEffect(() => {
    const timer = setTimeout(keep, KEEP_MS);
    return () => clearTimeout(timer);
  }, [header, lines, base, dirty, keep]);
  // Who goes on to another screen does not wait for the pause to be over.
  useEffect(() => keep, [keep]);

  const edit = useStable((made: (now: readonly Line[]) => Line[]) => {
    past.current = [...past.current.slice(1 - STEPS), now.current];
    put(made(now.current));
  });
  /** What came in for lines meanwhile; no step of undo of its own, and none leads back before it. */
  const settle = useStable((made: (line: Line) => Line) => {
    past.current = past.current.map((step) => step.map(made));
    put(now.current.map(made));
  });
  const undo = useStable(() => {
    const last = past.current.pop();
    if (last) put(last);
  });
  const value = (name: string): unknown => (name in header ? header[name] : base.document[name]);
  return {
    base, lines, edit, settle, undo, value, changed, dirty, restored,
    /** The newest version is what a save is laid over: what the other wrote is then replaced knowingly. */
    rebase: (next: DocumentData) => setBase(next),
    set: (name: string, next: unknown) => setHeader((old) => ({ ...old, [name]: next })),
    begin, saved, keep,
  };
}
export type Draft = ReturnType<typeof useDraft>;
