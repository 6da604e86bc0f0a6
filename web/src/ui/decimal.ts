/** Decimal text as it comes over the API, compared and added without passing through a float. */

const SHAPE = /^([+-]?)(\d*)(?:\.(\d*))?$/;

/** Digits as one whole number at `scale` places after the point; null for what is no plain decimal. */
function scaled(text: string, scale: number): bigint | null {
  const [, sign, whole = "", part = ""] = SHAPE.exec(text.trim()) ?? [];
  if (sign === undefined || (whole === "" && part === "")) return null;
  const digits = BigInt((whole || "0") + part.padEnd(scale, "0"));
  return sign === "-" ? -digits : digits;
}

const places = (text: string) => (SHAPE.exec(text.trim())?.[3] ?? "").length;

/** Below, at or above zero as `a` is less than, equal to or more than `b`; null where one is no number. */
export function compareDecimals(a: string, b: string): number | null {
  const scale = Math.max(places(a), places(b));
  const left = scaled(a, scale);
  const right = scaled(b, scale);
  return left === null || right === null ? null : left < right ? -1 : left > right ? 1 : 0;
}

/** The sum of what are numbers among `texts`; null where none is. */
export function sumDecimals(texts: readonly string[]): string | null {
  const numbers = texts.filter((text) => scaled(text, places(text)) !== null);
  if (numbers.length === 0) return null;
  const scale = Math.max(...numbers.map(places));
  const total = numbers.reduce((sum, text) => sum + (scaled(text, scale) ?? 0n), 0n);
  const digits = (total < 0n ? -total : total).toString().padStart(scale + 1, "0");
  const text = scale ? `${digits.slice(0, -scale)}.${digits.slice(-scale)}` : digits;
  return total < 0n ? `-${text}` : text;
}
