import { trimmed } from "./lines";

const SHAPE = /^(-?)(\d*)(?:\.(\d*))?$/;

/** The exact product of two decimals as text; the first where the second is none. */
export function timesDecimals(a: string, b: string): string {
  const [one, other] = [SHAPE.exec(a.trim()), SHAPE.exec(b.trim())];
  if (!one || !other || !/\d/.test(a) || !/\d/.test(b)) return a;
  const scale = (one[3] ?? "").length + (other[3] ?? "").length;
  const digits = (BigInt(`${one[2] || "0"}${one[3] ?? ""}`) * BigInt(`${other[2] || "0"}${other[3] ?? ""}`)).toString().padStart(scale + 1, "0");
  const text = trimmed(scale ? `${digits.slice(0, -scale)}.${digits.slice(-scale)}` : digits);
  return one[1] !== other[1] && /[1-9]/.test(digits) ? `-${text}` : text;
}
