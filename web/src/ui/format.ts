import type { Language, Money } from "@/api/types";
import { momentFormat, numberFormat } from "./formatters";

type Exact = Intl.StringNumericLiteral;

/** Idle zeros stand as far as cents do: 12.50, but 10 and not 10.000 where three digits are possible. */
const PADDED = 2;

/** Formats a decimal string without passing through a float, so that no digit is lost. */
export function formatNumber(value: string | number, language: Language, digits?: number | null, grouping = true): string {
  const options: Intl.NumberFormatOptions =
    digits === undefined || digits === null
      ? { maximumFractionDigits: 12 }
      : { minimumFractionDigits: digits > PADDED ? 0 : digits, maximumFractionDigits: digits };
  return numberFormat(language, { ...options, useGrouping: grouping }).format(value as Exact);
}

export function formatMoney(money: Money, language: Language, digits?: number | null): string {
  if (money.amount === null || !money.currency) return "";
  try {
    const options: Intl.NumberFormatOptions = { style: "currency", currency: money.currency, currencyDisplay: "narrowSymbol" };
    if (digits !== undefined && digits !== null) Object.assign(options, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    return numberFormat(language, options).format(money.amount as Exact);
  } catch {
    return `${money.currency} ${formatNumber(money.amount, language)}`;
  }
}

/** Short money for board heads and charts: ¥123.4万, $1.2M. */
export function formatCompactMoney(money: Money, language: Language): string {
  if (money.amount === null || !money.currency) return "";
  const options: Intl.NumberFormatOptions = { style: "currency", currency: money.currency, currencyDisplay: "narrowSymbol", notation: "compact", maximumFractionDigits: 1 };
  return numberFormat(language, options).format(money.amount as Exact);
}

const parseDay = (value: string) => {
  const [year, month, day] = value.split("-").map(Number);
  return new Date(year ?? 1970, (month ?? 1) - 1, day ?? 1);
};

const thisYear = () => new Date().getFullYear();

export function formatDate(value: string, language: Language): string {
  const date = parseDay(value);
  const year = date.getFullYear() === thisYear() ? undefined : "numeric";
  return momentFormat(language, { year, month: language === "en" ? "short" : "long", day: "numeric" }).format(date);
}

export function formatDateTime(value: string, language: Language): string {
  const date = new Date(value);
  const year = date.getFullYear() === thisYear() ? undefined : "numeric";
  return momentFormat(language, {
    year, month: language === "en" ? "short" : "long", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false,
  }).format(date);
}

export const formatTime = (value: string, language: Language) =>
  momentFormat(language, { hour: "2-digit", minute: "2-digit", hour12: false }).format(new Date(value));

/** The local calendar day of an instant as YYYY-MM-DD, by which timelines are grouped. */
export function localDay(value: string | Date): string {
  const date = new Date(value);
  const two = (part: number) => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

let businessZone: string | undefined;
export const setBusinessZone = (zone: string) => void (businessZone = zone);

/** The day of the workspace at a moment as YYYY-MM-DD: what is due, paid or reported on a day goes by it, wherever one reads. */
export const businessDay = (moment: Date = new Date()): string => momentFormat("en-CA", { timeZone: businessZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(moment);

export function formatBytes(size: number, language: Language): string {
  const unit = size >= 1e6 ? "megabyte" : size >= 1e3 ? "kilobyte" : "byte";
  const value = size >= 1e6 ? size / 1e6 : size >= 1e3 ? size / 1e3 : size;
  return numberFormat(language, { style: "unit", unit, unitDisplay: unit === "byte" ? "long" : "short", maximumFractionDigits: 1 }).format(value);
}

/** Letters for a round mark: the given name of a person, the first characters of anything longer, or Latin initials. */
export function initials(name: string): string {
  const trimmed = name.trim();
  if (/\p{Script=Han}/u.test(trimmed)) {
    const letters = [...trimmed].filter((char) => /\p{Script=Han}/u.test(char));
    return (letters.length <= 4 ? letters.slice(-2) : letters.slice(0, 2)).join("");
  }
  const words = trimmed.split(/\s+/);
  return words.slice(0, 2).map((word) => word[0]?.toUpperCase() ?? "").join("");
}
