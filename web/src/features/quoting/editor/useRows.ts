import { useCatalog } from "@/api/catalog";
import { api } from "@/api/client";
import type { Reference } from "@/api/types";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import { answered, duplicated, insertAt, isBlank, moved, newLine, removed, unanswered, withCell, withProduct } from "../model/lines";
import { timesDecimals } from "../model/decimals";
import { linesOf, matched, readNumber } from "../model/paste";
import type { Line, Typed, Worked } from "../model/types";
import { headerToWire } from "../model/wire";
import type { Draft } from "../useDraft";
import { COLUMNS, LAST, type Column } from "./columns";
import { productFor, productsNamed, productsOf } from "./useProducts";

interface Found {
  lines: { components?: { product: string; quantity: string }[] }[];
}

const NUMBERS: ReadonlySet<string> = new Set(["quantity", "unit_price", "discount", "tax_rate"]);

/** Lines put before the one found at `at`, or where it is gone at `row`; an empty one gives its place. */
function pasted(now: readonly Line[], added: readonly Line[], at: number, row: number): Line[] {
  const place = at < 0 ? Math.min(row, now.length) : at;
  const blank = now[place] && isBlank(now[place]);
  return [...now.slice(0, place), ...added, ...now.slice(blank ? place + 1 : place)];
}

/** What can be done with the rows of a draft; each is one step of undo. */
export function useRows(draft: Draft, workedOf: (line: Line) => Worked | undefined) {
  const catalog = useCatalog();
  const { t } = useSpeech();
  const { lines, edit } = draft;
  /** The row, made where the empty one at the end is meant. */
  const change = (row: number, made: (line: Line) => Line) => edit((now) => (row < now.length ? now.map((line, index) => (index === row ? made(line) : line)) : [...now, made(newLine())]));
  const wrote = (line: Line, key: Column["key"], text: string): Line => {
    if (key === "product") return text === (line.product?.label ?? "") ? line : { ...withProduct(line, null), name: text };
    if (key === "total") return line;
    const value = NUMBERS.has(key) ? readNumber(text) : text.trim();
    return withCell(line, key as keyof Typed, value, workedOf(line)?.list_price ?? null);
  };
  const lookedUp = async (block: string[][]) => {
    const found = linesOf(block);
    const products = await productsNamed(catalog, [...found.wanted.values()]);
    return matched(found, products);
  };
  return {
    write: (row: number, key: Column["key"], text: string) => change(row, (line) => wrote(line, key, text)),
    pick: (row: number, product: Reference) => change(row, (line) => withProduct(line, product)),
    /** The product for words that were left before their answer came; typing goes on meanwhile. */
    seek: async (row: number, words: string) => {
      change(row, (line) => ({ ...withProduct(line, null), seeking: words }));
      try {
        const found = await productFor(catalog, words);
        draft.settle((line) => answered(line, words, found && { id: found.id, label: found.name }));
      } catch {
        // Not asked is not unknown: no line of words is made of it, the person chooses.
        draft.settle((line) => (line.seeking === words ? unanswered(line) : line));
      }
    },
    insert: (row: number) => edit((now) => insertAt(now, row, [newLine({ parent: now[row]?.parent ?? null })])),
    duplicate: (row: number) => {
      let at = row;
      edit((now) => {
        const next = duplicated(now, row);
        at = next.at;
        return next.lines;
      });
      return at;
    },
    remove: (from: number, to: number) => edit((now) => removed(now, new Set(now.slice(from, to + 1).map((line) => line.key)))),
    clear: (row: number, key: Column["key"]) => row < lines.length && change(row, (line) => (key === "product" ? withProduct(line, null) : wrote(line, key, ""))),
    move: (from: number, to: number) => {
      const { at } = moved(lines, from, to);
      if (at !== from) edit((now) => moved(now, from, to).lines);
      return at;
    },
    /** Rows of a spreadsheet become lines before this one; cells beside the product fill the lines there are. */
    paste: async (block: string[][], row: number, column: number) => {
      try {
        if (column > 0 && !block[0]?.some((cell) => /\p{L}{2,}/u.test(cell) && block.length > 1)) {
          return edit((now) => {
            const next = [...now];
            block.forEach((cells, down) => cells.forEach((cell, right) => {
              const key = COLUMNS[Math.min(column + right, LAST)]?.key;
              next[row + down] = key ? wrote(next[row + down] ?? newLine(), key, cell) : (next[row + down] ?? newLine());
            }));
            return next;
          });
        }
        const before = lines[row]?.key;
        const added = await lookedUp(block);
        // Typing went on while the products were looked up.
        edit((now) => pasted(now, added, before ? now.findIndex((line) => line.key === before) : now.length, row));
        const missing = added.filter((line) => line.unknown).length;
        toast(missing ? t("quoting.pastedSome", { n: added.length, missing }) : t("quoting.pasted", { n: added.length }));
      } catch (error) {
        complain(error, t);
      }
    },
    /** What a bundle is made of, below it. */
    expand: async (row: number) => {
      const line = lines[row];
      if (!line?.product) return;
      const header = headerToWire(Object.fromEntries(["account", "price_book", "company", "currency"].map((name) => [name, draft.value(name)])));
      try {
        const found = await api.post<Found>("/prices/find", { ...header, lines: [{ product: line.product.id, quantity: line.quantity || "1" }] });
        const parts = found.lines[0]?.components ?? [];
        if (parts.length === 0) return toast(t("quoting.noParts"));
        const products = new Map((await productsOf(catalog, parts.map((part) => part.product))).map((each) => [each.id, each.name]));
        // Parts are paid with their bundle.
        const made = parts.map((part) => newLine({ parent: line.key, product: { id: part.product, label: products.get(part.product) ?? null }, quantity: timesDecimals(part.quantity, line.quantity || "1"), unit_price: "0", follows: false }));
        edit((now) => {
          const rest = now.filter((each) => each.parent !== line.key);
          const at = rest.findIndex((each) => each.key === line.key);
          return at < 0 ? [...now] : insertAt(rest, at + 1, made);
        });
      } catch (error) {
        complain(error, t);
      }
    },
  };
}
export type Rows = ReturnType<typeof useRows>;
