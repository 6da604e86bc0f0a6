import { api, BASE } from "@/api/client";

/** A file as it stands in a record's value. */
export interface Held {
  id: string;
  name: string;
  type: string;
  size: number;
}

const STEP = 1024;

export const heldOf = (value: unknown): Held[] => (Array.isArray(value) ? (value as Held[]) : []);
export const contentOf = (file: Held) => `${BASE}/files/${file.id}`;
export const thumbnailOf = (file: Held) => `${contentOf(file)}/thumbnail`;
export const namesOf = (value: unknown) => heldOf(value).map((file) => file.name).join(", ");
export const orNone = (files: Held[]) => (files.length ? files : null);
export const sizeText = (bytes: number) => (bytes < STEP * STEP ? `${Math.max(1, Math.round(bytes / STEP))} kB` : `${(bytes / STEP / STEP).toFixed(1)} MB`);

/** Sends a file for a field, by the field's id; the record names the file afterwards. */
export function send(field: string, file: Blob, name: string): Promise<Held> {
  const body = new FormData();
  body.append("field", field);
  body.append("file", file, name);
  return api.post<Held>("/files", body);
}
