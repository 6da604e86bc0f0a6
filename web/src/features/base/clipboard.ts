/** Tables on the clipboard, as spreadsheets write them: tab-separated text and HTML. */
export type Block = string[][];

/** Cells apart by tabs, rows by line ends; a quoted cell may hold both, and a doubled quote is one. */
export function parseTsv(text: string): Block {
  const rows: Block = [[]];
  let cell = "";
  let quoted = false;
  const endCell = () => {
    rows.at(-1)!.push(cell);
    cell = "";
  };
  for (let index = 0; index < text.length; index++) {
    const char = text[index]!;
    if (quoted) {
      if (char !== '"') cell += char;
      else if (text[index + 1] === '"') cell += text[++index]!;
      else quoted = false;
    } else if (char === '"' && cell === "" && closes(text, index)) quoted = true;
    else if (char === "\t") endCell();
    else if (char === "\n" || char === "\r") {
      if (char === "\r" && text[index + 1] === "\n") index++;
      endCell();
      rows.push([]);
    } else cell += char;
  }
  endCell();
  // The line end after the last row begins no further one.
  if (rows.length > 1 && rows.at(-1)!.length === 1 && rows.at(-1)![0] === "") rows.pop();
  return rows;
}

/** Whether a quote at the beginning of a cell is one that ends before a tab, a line end or the end: else it is a character. */
function closes(text: string, start: number): boolean {
  for (let index = start + 1; index < text.length; index++) {
    if (text[index] !== '"') continue;
    if (text[index + 1] === '"') index++;
    else return index + 1 === text.length || /[\t\r\n]/.test(text[index + 1]!);
  }
  return false;
}

const needsQuotes = /["\t\r\n]/;
const quoted = (cell: string) => (needsQuotes.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
export const toTsv = (block: Block): string => block.map((row) => row.map(quoted).join("\t")).join("\n");

const escaped = (cell: string) => cell.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\n", "<br>");
export const toHtml = (block: Block): string => `<table>${block.map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`).join("")}</table>`;

function parseHtml(html: string): Block {
  const table = new DOMParser().parseFromString(html, "text/html").querySelector("table");
  const text = (cell: HTMLTableCellElement) => {
    cell.querySelectorAll("br").forEach((br) => br.replaceWith("\n"));
    return (cell.textContent ?? "").trim();
  };
  return table ? [...table.rows].map((row) => [...row.cells].map(text)) : [];
}

/** What was copied, preferring the text, which spreadsheets quote exactly; some programs give the table alone. */
export function readBlock(data: DataTransfer): Block {
  const text = data.getData("text/plain");
  return text.trim() === "" ? parseHtml(data.getData("text/html")) : parseTsv(text);
}
