const PLACE = /\{([a-z0-9_.]+)\}/g;

/** Names of the fields an address takes values of. */
export const fieldsOf = (url: string): string[] => [...new Set([...url.matchAll(PLACE)].map((found) => found[1] ?? ""))];

/** The address with each {field} encoded; nothing that is not http(s), whatever was put into it. */
export function addressOf(url: string, value: (field: string) => string): string | undefined {
  const filled = url.replace(PLACE, (_found, name: string) => encodeURIComponent(value(name)));
  return /^https?:\/\//i.test(filled) ? filled : undefined;
}

/** A value as an address takes it: a name, an amount, a key, and never a shape for the eye. */
export function plainText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(plainText).join(",");
  if (typeof value !== "object") return String(value);
  const { label, amount } = value as { label?: unknown; amount?: unknown };
  return plainText(label ?? amount);
}
