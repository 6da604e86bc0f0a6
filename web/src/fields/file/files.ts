import { api, BASE, ProblemError, raw } from "@/api/client";

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

const DIRECT = 8 * STEP * STEP;
const PATIENCE_MS = [500, 1_500, 4_000];
const MEMORY = "banyan.uploads";

interface Begun {
  id: string;
  offset: number;
  piece: number;
}
type Progress = (share: number) => void;

/** Sends a file for a field, by the field's id; the record names the file afterwards. Large ones go in pieces. */
export function send(field: string, file: Blob, name: string, onProgress?: Progress): Promise<Held> {
  if (file.size > DIRECT) return sendInPieces(field, file, name, onProgress);
  const body = new FormData();
  body.append("field", field);
  body.append("file", file, name);
  return api.post<Held>("/files", body);
}

/** What was begun in this browser and not finished, so that choosing the same file again goes on with it. */
const remembered = () => {
  try {
    return JSON.parse(localStorage.getItem(MEMORY) ?? "{}") as Record<string, string>;
  } catch {
    return {};
  }
};
function remember(key: string, id: string | null) {
  const { [key]: _gone, ...rest } = remembered();
  try {
    localStorage.setItem(MEMORY, JSON.stringify(id === null ? rest : { ...rest, [key]: id }));
  } catch {
    // Without memory a broken upload begins anew.
  }
}

async function begin(key: string, field: string, file: Blob, name: string): Promise<Begun> {
  const known = remembered()[key];
  if (known) {
    const found = await api.get<Begun>(`/files/uploads/${known}`).catch(() => null);
    if (found) return found;
  }
  const begun = await api.post<Begun>("/files/uploads", { field, name, size: file.size });
  remember(key, begun.id);
  return begun;
}

/** What was lost on its way, or comes while the file is still being kept, is asked again after a while. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (const wait of [...PATIENCE_MS, null]) {
    try {
      return await work();
    } catch (error) {
      const again = error instanceof ProblemError && (error.status === 0 || error.status >= 500 || error.code === "upload_busy");
      if (!again || wait === null) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
  throw new Error("unreachable");
}

async function sendInPieces(field: string, file: Blob, name: string, onProgress?: Progress): Promise<Held> {
  const key = [field, name, file.size, file instanceof File ? file.lastModified : 0].join("|");
  const begun = await begin(key, field, file, name);
  let { offset } = begun;
  while (offset < file.size) {
    onProgress?.(offset / file.size);
    const from = offset;
    const answer = await patiently(() => raw("PUT", `/files/uploads/${begun.id}`, file.slice(from, from + begun.piece), { query: { offset: from } }));
    offset = ((await answer.json()) as { offset: number }).offset;
  }
  onProgress?.(1);
  const kept = await patiently(() => api.post<Held>(`/files/uploads/${begun.id}/finish`));
  remember(key, null);
  return kept;
}
