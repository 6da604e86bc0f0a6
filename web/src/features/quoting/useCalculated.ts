import { useEffect, useRef, useState } from "react";
import { useCatalog } from "@/api/catalog";
import { api, ProblemError } from "@/api/client";
import { workedOf } from "./model/lines";
import { calculatedFrom, headerToWire, sent, sorted, totalsFrom, toWire, type CalculateAnswer } from "./model/wire";
import type { Calculated, DocumentObject, Worked } from "./model/types";
import type { Draft } from "./useDraft";

const PAUSE_MS = 220;
/** What of the header prices and sums depend on. */
export const PRICING = ["owner", "account", "company", "currency", "price_book", "prices_with_tax", "tax_mode", "discount", "reduction", "issued_on", "ordered_on", "signed_on", "valid_until"] as const;

export interface Result extends Omit<Calculated, "lines"> {
  lines: ReadonlyMap<string, Worked>;
  pending: boolean;
  /** Why nothing could be worked out. */
  failed: unknown;
}

const text = (value: unknown) => (value === null || value === undefined ? null : String(value));

/** The stored sums, which stand until something is typed. */
function stored(draft: Draft): Result {
  const { document, lines } = draft.base;
  return {
    lines: new Map(lines.map((line) => [line.id, workedOf(line)])), totals: totalsFrom(document), currency: text(document["currency"]),
    largest_discount: text(document["largest_discount"]), needs_approval: document["needs_approval"] === true, problems: [], pending: false, failed: null,
  };
}

/** What the server makes of the draft, asked a moment after typing pauses; what is typed never waits for it. */
export function useCalculated(object: DocumentObject, draft: Draft): Result {
  const [result, setResult] = useState<Result>(() => stored(draft));
  const catalog = useCatalog();
  const asked = useRef(0);
  const header = JSON.stringify(headerToWire(Object.fromEntries(PRICING.filter((name) => catalog.field(object, name)).map((name) => [name, draft.value(name)]))));
  const { lines, base, dirty } = draft;
  useEffect(() => {
    const turn = ++asked.current;
    if (base.locked || !dirty) return setResult(stored(draft));
    setResult((old) => ({ ...old, pending: true }));
    const controller = new AbortController();
    const timer = setTimeout(() => {
      const going = sent(lines);
      const body = { header: JSON.parse(header) as object, lines: toWire(lines, text(draft.value("currency"))) };
      api.post<CalculateAnswer>(`/documents/${object}/calculate`, body, { signal: controller.signal }).then((answer) => {
        if (turn !== asked.current) return;
        const found = calculatedFrom(answer);
        setResult({ ...found, lines: new Map(going.flatMap((line, index) => (found.lines[index] ? [[line.key, found.lines[index]] as const] : []))), pending: false, failed: null });
      }, (error: unknown) => {
        if (turn !== asked.current || (error instanceof DOMException && error.name === "AbortError")) return;
        const refused = error instanceof ProblemError && error.errors.length > 0 ? sorted(error.errors) : null;
        setResult((old) => ({
          ...old, pending: false, failed: refused && refused.document.length === 0 ? null : error, problems: refused?.document ?? [],
          lines: refused ? new Map(going.map((line, index) => [line.key, { ...(old.lines.get(line.key) ?? EMPTY), problems: refused.lines.get(index) ?? {} }])) : old.lines,
        }));
      });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
    // The draft is made anew with each drawing; lines, header and base say when it is another.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [lines, header, base, dirty, object]);
  return result;
}

const EMPTY: Worked = { unit_price: null, list_price: null, price_reason: null, tax_rate: null, unit: null, amount: null, net: null, tax: null, total: null, problems: {} };
