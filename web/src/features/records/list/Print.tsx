import { useEffect, useState } from "react";
import { createPortal } from "react-dom";
import { api } from "@/api/client";
import type { Field, ObjectType, Page, QueryBody, RecordData } from "@/api/types";
import { useCatalog } from "@/api/catalog";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { formatDateTime } from "@/ui/format";
import { complain } from "@/ui/says";
import styles from "./Print.module.css";

export const MOST_PRINTED = 2_000;
const STEP = 500;

/** Rows of the list as it stands, in its order, as far as paper is for. */
async function rowsOf(object: string, body: QueryBody): Promise<{ rows: RecordData[]; more: boolean }> {
  const rows: RecordData[] = [];
  let cursor: string | null = null;
  do {
    const page: Page = await api.post<Page>(`/records/${object}/query`, { ...body, limit: STEP, ...(cursor ? { cursor } : {}) });
    rows.push(...page.records);
    cursor = page.next_cursor;
  } while (cursor && rows.length < MOST_PRINTED);
  return { rows, more: cursor !== null };
}

/** The list on paper: read, drawn beside the screen, given to the browser's own print dialog, and gone again. */
export function Print({ type, columns, body, title, onDone }: { type: ObjectType; columns: string[]; body: QueryBody; title: string; onDone: () => void }) {
  const catalog = useCatalog();
  const speech = useSpeech();
  const { t, say, language } = speech;
  const [found, setFound] = useState<{ rows: RecordData[]; more: boolean } | null>(null);
  useEffect(() => {
    let over = false;
    rowsOf(type.api_name, body).then((rows) => over || setFound(rows)).catch((error: unknown) => {
      complain(error, t);
      onDone();
    });
    return () => void (over = true);
    // Printed once, as the list was when it was asked for.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  useEffect(() => {
    if (!found) return;
    window.addEventListener("afterprint", onDone, { once: true });
    window.print();
    return () => window.removeEventListener("afterprint", onDone);
  }, [found, onDone]);
  const shown = columns.flatMap((path): { path: string; field: Field }[] => {
    const field = catalog.field(type.api_name, path);
    return field ? [{ path, field }] : [];
  });
  if (!found) return null;
  return createPortal(
    <div className={styles["paper"]} data-testid="print">
      <h1>{title}</h1>
      <p>{t("list.printed", { n: found.rows.length, at: formatDateTime(new Date().toISOString(), language) })}{found.more && ` · ${t("list.printedMore", { n: MOST_PRINTED })}`}</p>
      <table>
        <thead><tr>{shown.map(({ path, field }) => <th key={path} scope="col">{say(field.label)}</th>)}</tr></thead>
        <tbody>
          {found.rows.map((row) => (
            <tr key={row.id}>{shown.map(({ path, field }) => <td key={path} data-right={fieldUi(field).align === "right" || undefined}>{row[path] === null || row[path] === undefined ? "" : fieldUi(field).text(row[path], field, speech)}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>,
    document.body,
  );
}
