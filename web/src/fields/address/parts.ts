export interface Address {
  country?: string | null;
  province?: string | null;
  city?: string | null;
  district?: string | null;
  street?: string | null;
  postal_code?: string | null;
  text?: string | null;
}

export const isAddress = (value: unknown): value is Address => typeof value === "object" && value !== null;

/** The line the server made, or, of parts just typed, the parts from the large to the small. */
export function addressText(value: unknown): string {
  if (typeof value === "string") return value;
  if (!isAddress(value)) return "";
  return value.text ?? [value.province, value.city, value.district, value.street].filter(Boolean).join("");
}
