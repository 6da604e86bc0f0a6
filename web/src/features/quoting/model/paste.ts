import { newLine } from "./lines";
import type { Line, Typed } from "./types";

type Known = "product" | keyof Typed;
/** The order in which cells of a row are read where no row of names leads. */
const ORDER: readonly Known[] = ["product", "quantity", "unit_price", "discount", "tax_rate"];
const NUMBERS: ReadonlySet<Known> = new Set(["quantity", "unit_price", "discount", "tax_rate"]);

/** Names under which spreadsheets keep these columns. */
// strings-ok: names of columns in people's files, compared and never shown
const NAMES: readonly (readonly [Known, RegExp])[] = [
  ["product", /^(product( name| code)?|item|sku|code|产品(名称|编码)?|商品(名称)?|品名|编码|货号)$/i], // strings-ok: compared, never shown
  ["quantity", /^(quantity|qty\.?|数量)$/i], // strings-ok: compared, never shown
  ["unit_price", /^((unit )?price|单价|价格)$/i], // strings-ok: compared, never shown
  ["discount", /^(discount( ?%)?|折扣(%|率)?)$/i], // strings-ok: compared, never shown
  ["tax_rate", /^(tax( rate)?( ?%)?|vat|税率)$/i], // strings-ok: compared, never shown
  ["unit", /^(unit|uom|单位)$/i], // strings-ok: compared, never shown
  ["name", /^(description|说明|描述|规格)$/i], // strings-ok: compared, never shown
  ["note", /^(note|remark|remarks|备注)$/i], // strings-ok: compared, never shown
];

const FULL_WIDTH = /[\uff10-\uff19\uff0e\uff0d\uff05]/g;
const half = (text: string) => text.replace(FULL_WIDTH, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0));
/** A number as spreadsheets write it: thousands separators, signs of money and of percent come off. What is none stays, so that it is seen. */
export function readNumber(text: string): string {
  const bare = half(text).replace(/[,\uff0c\s¥￥$€£%]/g, "").replace(/^(CNY|RMB|USD|EUR)/i, "");
  return /^-?\d*\.?\d+$|^-?\d+\.$/.test(bare) ? bare.replace(/\.$/, "") : text.trim();
}

/** Which column is what, when the first row names them. */
function named(row: readonly string[]): (Known | null)[] | null {
  const found = row.map((cell) => NAMES.find(([, name]) => name.test(cell.trim()))?.[0] ?? null);
  return found.includes("product") || found.filter(Boolean).length >= 2 ? found : null;
}

export interface Pasted {
  lines: Line[];
  /** What stands for the product of each line, by its key: to be looked up. */
  wanted: Map<string, string>;
}

/** Rows of a spreadsheet as new lines. */
export function linesOf(block: readonly (readonly string[])[]): Pasted {
  const first = block[0] ?? [];
  const heads = named(first);
  const order = heads ?? ORDER;
  const wanted = new Map<string, string>();
  const lines = (heads ? block.slice(1) : block).filter((row) => row.some((cell) => cell.trim() !== "")).map((row) => {
    const values: Partial<Record<Known, string>> = {};
    row.forEach((cell, index) => {
      const known = order[index];
      if (known && cell.trim() !== "") values[known] = NUMBERS.has(known) ? readNumber(cell) : cell.trim();
    });
    const { product, ...typed } = values;
    const line = newLine({ ...typed, ...(typed.unit_price ? { follows: false } : {}) });
    if (product) wanted.set(line.key, product);
    return line;
  });
  return { lines, wanted };
}

export interface Candidate {
  id: string;
  name: string;
  code: string | null;
}

/** Puts products to the lines they were asked for by code or name; a word nothing answers to stays as it came, marked. */
export function matched({ lines, wanted }: Pasted, products: readonly Candidate[]): Line[] {
  const byWord = new Map<string, Candidate>();
  for (const each of products) byWord.set(each.name.toLowerCase(), each);
  for (const each of products) if (each.code) byWord.set(each.code.toLowerCase(), each);
  return lines.map((line) => {
    const word = wanted.get(line.key);
    if (!word) return line;
    const found = byWord.get(word.toLowerCase());
    return found ? { ...line, product: { id: found.id, label: found.name } } : { ...line, unknown: word, name: line.name || word };
  });
}
