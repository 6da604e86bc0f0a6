// Imports of the mock: parses simple CSV, checks and "loads" with a timer so that progress can be seen.
import { id } from "./catalog.mjs";
import { tables } from "./data.mjs";
const jobs = new Map(); const rowsOf = new Map(); const made = new Map(); const listeners = new Map();
const parse = (text) => text.replace(/^\ufeff/, "").split(/\r?\n/).filter(Boolean).map((l) => l.split(","));
const emit = (job, event = "progress") => { for (const res of listeners.get(job.id) ?? []) res.write(`event: ${event}\ndata: ${JSON.stringify(job)}\n\n`); };

function report(job, rows, type, insert) {
  const map = job.mapping?.columns ?? []; const problems = []; let bad = 0; const create = {};
  rows.forEach((row, i) => {
    const values = {}; let ok = true;
    for (const m of map) { const f = type.fields.find((x) => x.api_name === m.field); let v = row[m.column] || null; const fail = (code, message) => { ok = false; problems.push({ row: i + 2, column: job.columns[m.column].name, value: v, code, message }); };
      if (!v) { if (f.required) fail("required", "这一项必填"); continue; } v = m.values?.[v] ?? v;
      if (["number", "percent", "currency"].includes(f.type) && Number.isNaN(Number(v))) fail("invalid_number", `“${v}”不是数字`);
      else if (f.type === "single_choice") { const c = f.config.choices.find((x) => x.key === v || Object.values(x.label).includes(v)); if (!c && !m.create_choices) fail("unknown_choice", `没有选项“${v}”`); values[m.field] = c?.key ?? null; }
      else if (f.type === "relation") { const t = [...tables[f.config.target].values()].find((x) => x.name === v); if (t) values[m.field] = { id: t.id, label: t.name }; else if (m.create_missing) create[f.config.target] = (create[f.config.target] ?? 0) + 1; else fail("not_found", `找不到“${v}”`); }
      else values[m.field] = f.type === "currency" ? { amount: v, currency: "CNY" } : v; }
    if (!ok) bad++; else if (insert) made.get(job.id).push(insert(job.object, values).id);
  });
  const counts = new Map(); for (const p of problems) { const k = p.column + p.code; counts.set(k, { column: p.column, code: p.code, message: p.message, count: (counts.get(k)?.count ?? 0) + 1 }); }
  return { rows: rows.length, to_create: rows.length - bad, to_update: 0, to_reject: bad, related_to_create: create, choices_to_create: {}, problems: problems.slice(0, 200), problem_counts: [...counts.values()] };
}

export function handleImports({ req, res, path, buffer, reply, object, insert }) {
  const [, , jobId, verb] = path.split("/");
  if (!jobId && req.method === "GET") return reply(200, { imports: [...jobs.values()] });
  if (!jobId) {
    const boundary = /boundary=(.*)$/.exec(req.headers["content-type"])[1]; const parts = buffer.toString("utf8").split("--" + boundary);
    const part = (n) => parts.find((p) => p.includes(`name="${n}"`)); const bodyOf = (p) => p.slice(p.indexOf("\r\n\r\n") + 4).replace(/\r\n$/, "");
    const target = bodyOf(part("object")); const type = object(target); const file = part("file"); const all = parse(bodyOf(file)); const [head, ...rows] = all;
    const columns = head.map((name, index) => { const v = rows.map((r) => r[index] ?? ""); const d = [...new Set(v.filter(Boolean))]; const f = type.fields.find((x) => x.api_name === name || Object.values(x.label).includes(name)); return { index, name, type: "text", fill_rate: (v.filter(Boolean).length / Math.max(1, v.length)).toFixed(2), distinct: d.length, samples: d.slice(0, 4), values: d.length <= 30 ? d.map((value) => ({ value, count: v.filter((x) => x === value).length })) : null, suggestion: f ? { field: f.api_name, confidence: "0.97", reason: "same_name" } : null }; });
    const job = { id: id(), object: target, state: "analysed", file_name: /filename="([^"]*)"/.exec(file)[1], size: buffer.length, format: { kind: "csv", encoding: "utf-8", delimiter: ",", header_row: 1 }, row_count: rows.length, columns, preview: rows.slice(0, 20), mapping: { columns: columns.filter((c) => c.suggestion).map((c) => ({ column: c.index, field: c.suggestion.field })), key: null }, report: null, progress: null, error: null };
    jobs.set(job.id, job); rowsOf.set(job.id, rows); return reply(201, job);
  }
  const job = jobs.get(jobId); if (!job) return reply(404, { title: "没有", status: 404, code: "not_found" });
  const rows = rowsOf.get(jobId); const type = object(job.object);
  if (!verb) return reply(200, job);
  if (verb === "mapping") { job.mapping = JSON.parse(buffer); job.state = "analysed"; job.report = null; return reply(200, job); }
  if (verb === "events") { res.writeHead(200, { "Content-Type": "text/event-stream" }); listeners.set(jobId, [...(listeners.get(jobId) ?? []), res]); emit(job, "state"); req.on("close", () => listeners.set(jobId, listeners.get(jobId).filter((x) => x !== res))); return; }
  if (verb === "errors.csv") { res.writeHead(200, { "Content-Type": "text/csv", "Content-Disposition": "attachment; filename=errors.csv" }); return res.end("x"); }
  if (verb === "undo") { for (const r of made.get(jobId) ?? []) tables[job.object].delete(r); return reply(200, { removed: made.get(jobId)?.length ?? 0, kept: 0 }); }
  if (verb === "cancel") { job.state = "cancelled"; emit(job, "state"); return reply(200, job); }
  job.state = verb === "check" ? "checking" : "loading"; reply(202, job);
  let done = 0; const step = Math.max(1, Math.ceil(rows.length / 8));
  const tick = setInterval(() => { if (job.state === "cancelled") return clearInterval(tick); done = Math.min(rows.length, done + step); job.progress = { phase: verb === "check" ? "checking" : "loading", done, total: rows.length, rows_per_second: step * 3, seconds_left: Math.ceil((rows.length - done) / (step * 3)) }; emit(job);
    if (done >= rows.length) { clearInterval(tick); made.set(jobId, []); job.report = report(job, rows, type, verb === "run" ? insert : null); job.progress = null; if (verb === "run") Object.assign(job.report, { created: job.report.to_create, updated: 0, rejected: job.report.to_reject }); job.state = verb === "check" ? "checked" : "done"; emit(job, "state"); } }, 300);
}
