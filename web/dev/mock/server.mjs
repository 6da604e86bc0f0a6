// A mock of docs/api.md for developing screens without the backend: `npm run mock` listens on 8765. State lives in memory.
import http from "node:http";
import { field, id, field_types, objects, operators, periods, views } from "./catalog.mjs";
import { fillTables, histories, insert, tables, trash } from "./data.mjs";
import { handleImports } from "./imports.mjs";
import { aggregate, matches, select } from "./query.mjs";

const me = fillTables();
const actor = { id: me.id, label: me.name };
const state = { version: 1, setup: process.argv.includes("--setup"), signedIn: !process.argv.includes("--setup"), changes: [], access: new Map([[me.id, { roles: ["administrator"], state: "active" }]]) };
const workspace = { id: id(), name: "榕树科技", language: "zh-CN", currency: "CNY", sandbox_of: null };
const session = () => ({ user: { id: me.id, name: me.name, email: me.email, roles: ["administrator"], powers: ["configure", "people", "roles", "security"], language: state.language ?? "zh-CN" }, workspace });
export class Fail extends Error { constructor(status, code, title, extra = {}) { super(title); Object.assign(this, { status, body: { type: `/errors/${code}`, title, status, code, detail: title, reference: "mock-" + code, ...extra } }); } }
const object = (name) => objects.find((o) => o.api_name === name) ?? (() => { throw new Fail(404, "not_found", "没有这个对象"); })();
const project = (o, r, names) => (names ? Object.fromEntries(["id", "version", ...names].map((n) => [n, n.includes(".") ? resolvePath(o, r, n) : r[n] ?? null])) : r);
function resolvePath(o, r, path) { const [h, ...rest] = path.split("."); const f = object(o).fields.find((x) => x.api_name === h); const t = r[h] && tables[f.type === "user" ? "user" : f.config.target].get(r[h].id); return t ? (rest.length > 1 ? resolvePath(f.config.target, t, rest.join(".")) : t[rest[0]] ?? null) : null; }

function clean(o, values) {
  const out = {}; const errors = [];
  for (const [name, v] of Object.entries(values)) {
    const f = object(o).fields.find((x) => x.api_name === name);
    if (!f) { errors.push({ pointer: `/${name}`, code: "unknown_field", message: `没有字段 ${name}` }); continue; }
    if (v === null || v === "") { if (f.required) errors.push({ pointer: `/${name}`, code: "required", message: "这一项必填" }); out[name] = null; continue; }
    if (["number", "percent"].includes(f.type) && Number.isNaN(Number(v))) errors.push({ pointer: `/${name}`, code: "invalid_number", message: `“${v}”不是数字` });
    if (f.type === "email" && !String(v).includes("@")) errors.push({ pointer: `/${name}`, code: "invalid_email", message: "邮箱格式不对" });
    if (["relation", "user"].includes(f.type)) { const t = tables[f.type === "user" ? "user" : f.config.target].get(v.id ?? v); out[name] = t ? { id: t.id, label: t.name ?? t.title } : null; }
    else if (f.type === "currency") out[name] = typeof v === "object" ? v : { amount: v, currency: "CNY" };
    else out[name] = v;
  }
  if (errors.length) throw new Fail(422, "validation_failed", "有内容需要修改", { errors });
  return out;
}
function create(o, values) {
  for (const f of object(o).fields) if (f.required && (values[f.api_name] ?? null) === null) throw new Fail(422, "validation_failed", "有内容需要修改", { errors: [{ pointer: `/${f.api_name}`, code: "required", message: "这一项必填" }] });
  return insert(o, clean(o, values), new Date().toISOString(), actor);
}
function update(o, rid, version, values) {
  const r = tables[o].get(rid); if (!r) throw new Fail(404, "not_found", "没有这条记录");
  if (version && version !== r.version) throw new Fail(409, "version_conflict", "别人刚改过这条记录", { current: r });
  const next = clean(o, values);
  const changes = Object.keys(next).map((k) => ({ field: k, label: object(o).fields.find((f) => f.api_name === k).label, from: r[k], to: next[k] }));
  Object.assign(r, next, { version: r.version + 1, updated_at: new Date().toISOString(), updated_by: actor });
  histories.get(rid).unshift({ id: id(), at: r.updated_at, actor, action: "update", version: r.version, changes });
  return r;
}
function remove(o, rid) { const r = tables[o].get(rid); if (!r) throw new Fail(404, "not_found", "没有这条记录"); trash.set(rid, r); tables[o].delete(rid); return r; }
function restore(o, rid) { const r = trash.get(rid); if (!r) throw new Fail(404, "not_found", "没有这条记录"); trash.delete(rid); r.version++; tables[o].set(rid, r); return r; }

function timeline(o, rid) {
  const acts = object("activity").fields.some((f) => f.api_name === o) ? [...tables.activity.values()].filter((a) => a[o]?.id === rid).map((a) => ({ kind: "activity", at: a.happened_at ?? a.created_at, record: a })) : [];
  return [...acts, ...(histories.get(rid) ?? []).map((entry) => ({ kind: "history", at: entry.at, entry }))].sort((a, b) => (a.at < b.at ? 1 : -1));
}
function change(op, dry) {
  const o = op.object ? object(op.object) : null; const rows = o ? tables[o.api_name].size : 0;
  const f = o?.fields.find((x) => x.api_name === (typeof op.field === "string" ? op.field : null));
  const out = (zh, lost = 0, reversible = true) => ({ kind: op.kind, summary: { "zh-CN": zh, en: `${op.kind} ${op.object ?? op.api_name}` }, rows_affected: rows, values_lost: lost, reversible });
  if (op.kind === "add_field") { if (o.fields.some((x) => x.api_name === op.field.api_name)) throw new Fail(422, "validation_failed", "字段已存在", { errors: [{ pointer: "/operations/0/field/api_name", code: "taken", message: "字段代码已被使用" }] }); if (!dry) { o.fields.push(field(op.field.api_name, op.field.type, op.field.label, op.field.config ?? {}, { required: !!op.field.required })); for (const r of tables[o.api_name].values()) r[op.field.api_name] = null; } return out(`新增字段“${op.field.label["zh-CN"] ?? op.field.label.en}”`); }
  if (op.kind === "update_field") { if (!dry) Object.assign(f, op.set); return out(`修改字段“${f.label["zh-CN"]}”`); }
  if (op.kind === "remove_field") { if (!dry) o.fields.splice(o.fields.indexOf(f), 1); return out(`删除字段“${f.label["zh-CN"]}”`, rows); }
  if (op.kind === "retype_field") { if (!dry) { f.type = op.type; f.config = op.config ?? {}; } return out(`把“${f.label["zh-CN"]}”改为 ${op.type}`, Math.floor(rows / 7)); }
  if (op.kind === "create_object") { if (!dry) { const made = { ...structuredClone(object("product")), id: id(), kind: "custom", api_name: op.api_name, label: op.label, label_plural: op.label_plural, icon: op.icon, color: op.color, position: 20 }; objects.push(made); tables[op.api_name] = new Map(); } return out(`新增对象“${op.label["zh-CN"]}”`); }
  return out(op.kind);
}

const routes = [
  ["GET", "/setup", () => ({ needed: state.setup })],
  ["POST", "/setup", ({ body }) => { if (body.password.length < 8) throw new Fail(422, "validation_failed", "有内容需要修改", { errors: [{ pointer: "/password", code: "too_short", message: "密码至少 8 个字符" }] }); Object.assign(state, { setup: false, signedIn: true }); workspace.name = body.organisation; return [201, session()]; }],
  ["POST", "/sessions", ({ body }) => { if (body.password === "wrong") throw new Fail(401, "invalid_credentials", "邮箱或密码不对"); state.signedIn = true; return [201, { ...session(), token: "mock" }]; }],
  ["GET", "/sessions/current", () => session()], ["DELETE", "/sessions/current", () => { state.signedIn = false; return [204]; }],
  ["PATCH", "/sessions/current/user", ({ body }) => { state.language = body.language; return session().user; }],
  ["GET", "/users/access", () => ({ people: [...tables.user.values()].map((u) => ({ user_id: u.id, email: u.email, roles: [], state: "none", ...state.access.get(u.id) })) })],
  ["POST", "/users/:id/access", ({ p, body }) => { state.access.set(p.id, { roles: body.roles ?? ["member"], state: "invited" }); return [201, { link: "/set-password?token=mock-token", expires_at: "2026-11-28T00:00:00Z" }]; }],
  ["DELETE", "/users/:id/access", ({ p }) => { state.access.set(p.id, { roles: [], state: "disabled" }); return [204]; }],
  ["POST", "/set-password", () => [204]],
  ["GET", "/metadata/catalog", () => ({ version: state.version, workspace, objects, views, operators, periods, field_types })],
  ["GET", "/metadata/definitions", () => ({ objects })],
  ["GET", "/roles", () => ({ roles: [{ key: "administrator", label: { "zh-CN": "系统管理员", en: "System administrator" }, description: {}, kind: "standard", locked: false, powers: ["configure", "people", "roles", "security"], version: 1, holders: 1 }, { key: "member", label: { "zh-CN": "普通成员", en: "Member" }, description: {}, kind: "standard", locked: false, powers: [], version: 1, holders: 0 }] })],
  ["GET", "/metadata/changes", () => ({ changes: [...state.changes].reverse(), next_cursor: null })],
  ["POST", "/metadata/changes", ({ body }) => { const operations = body.operations.map((op) => change(op, body.dry_run)); const set = { id: id(), version: state.version, at: new Date().toISOString(), actor, operations }; if (!body.dry_run) { set.version = ++state.version; state.changes.push(set); } return [201, set]; }],
  ["POST", "/metadata/changes/:id/revert", ({ p }) => { const c = state.changes.find((x) => x.id === p.id); c.reverted = true; state.version++; return c; }],
  ["POST", "/views", ({ body }) => { const v = { id: id(), editable: true, position: 9, ...body, name: typeof body.name === "string" ? { "zh-CN": body.name, en: body.name } : body.name }; views.push(v); state.version++; return [201, v]; }],
  ["PATCH", "/views/:id", ({ p, body }) => { const v = views.find((x) => x.id === p.id); Object.assign(v, body); state.version++; return v; }],
  ["DELETE", "/views/:id", ({ p }) => { views.splice(views.findIndex((x) => x.id === p.id), 1); state.version++; return [204]; }],
  ["POST", "/records/:o/query", ({ p, body }) => { object(p.o); const rows = select(p.o, body, me); const at = Number(body.cursor ?? 0); const limit = body.limit ?? 80; const page = rows.slice(at, at + limit); const out = { records: page.map((r) => project(p.o, r, body.select)), next_cursor: at + limit < rows.length ? String(at + limit) : null }; if (body.count && body.count !== "none") out.count = { value: rows.length, exact: true }; return out; }],
  ["POST", "/records/:o/aggregate", ({ p, body }) => aggregate(p.o, body, me)],
  ["POST", "/records/:o/batch", ({ p, body }) => ({ results: body.operations.map((op) => { try { const r = op.op === "create" ? create(p.o, op.values) : op.op === "update" ? update(p.o, op.id, op.version, op.values) : op.op === "delete" ? remove(p.o, op.id) : restore(p.o, op.id); return { status: "ok", id: r.id, version: r.version }; } catch (e) { return { status: "error", error: e.body }; } }) })],
  ["POST", "/records/:o/export", ({ p, body, res }) => { const rows = select(p.o, body, me).filter((r) => !body.ids || body.ids.includes(r.id)); res.writeHead(200, { "Content-Type": "text/csv", "Content-Disposition": `attachment; filename="${p.o}.csv"` }); res.end("\ufeff" + [body.columns, ...rows.map((r) => body.columns.map((c) => (r[c]?.label ?? r[c]?.amount ?? r[c] ?? "")))].map((x) => x.join(",")).join("\r\n")); }],
  ["POST", "/records/:o", ({ p, body }) => [201, create(p.o, body)]],
  ["GET", "/records/:o/:id", ({ p }) => { const r = tables[object(p.o).api_name].get(p.id); if (!r) throw new Fail(404, "not_found", "没有这条记录"); return r; }],
  ["PATCH", "/records/:o/:id", ({ p, body: { version, ...values } }) => update(p.o, p.id, version, values)],
  ["DELETE", "/records/:o/:id", ({ p }) => { remove(p.o, p.id); return [204]; }],
  ["POST", "/records/:o/:id/restore", ({ p }) => restore(p.o, p.id)],
  ["GET", "/records/:o/:id/history", ({ p }) => ({ entries: histories.get(p.id) ?? [], next_cursor: null })],
  ["GET", "/records/:o/:id/timeline", ({ p, q }) => { const all = timeline(p.o, p.id); const at = Number(q.get("cursor") ?? 0); return { items: all.slice(at, at + 30), next_cursor: at + 30 < all.length ? String(at + 30) : null }; }],
  ["GET", "/search", ({ q }) => { const text = q.get("q").toLowerCase(); const wanted = q.get("objects")?.split(",") ?? objects.filter((o) => o.in_navigation).map((o) => o.api_name); const results = []; for (const o of wanted) for (const r of tables[o].values()) { const t = object(o); const title = r[t.title_field] ?? ""; if (title.toLowerCase().includes(text) || String(r.phone ?? "").includes(text)) results.push({ object: o, id: r.id, title, subtitle: t.subtitle_field ? r[t.subtitle_field] : null }); if (results.length >= Number(q.get("limit") ?? 20)) return { results }; } return { results }; }],
];

http.createServer(async (req, res) => {
  const url = new URL(req.url, "http://x"); const path = url.pathname.replace(/^\/api\/v1/, "");
  const chunks = []; for await (const c of req) chunks.push(c); const buffer = Buffer.concat(chunks);
  const reply = (status, body) => { res.writeHead(status, { "Content-Type": status >= 400 ? "application/problem+json" : "application/json" }); res.end(body === undefined ? "" : JSON.stringify(body)); };
  try {
    const open = path === "/setup" || path === "/sessions" || path === "/set-password";
    if (!open && !state.signedIn) throw new Fail(401, "unauthenticated", "请登录");
    if (path.startsWith("/imports")) return handleImports({ req, res, path, buffer, reply, object, insert: (o, v) => insert(o, v, new Date().toISOString(), actor) });
    for (const [method, pattern, run] of routes) {
      if (method !== req.method) continue;
      const a = pattern.split("/"); const b = path.split("/"); if (a.length !== b.length || !a.every((x, i) => x.startsWith(":") || x === b[i])) continue;
      const p = Object.fromEntries(a.flatMap((x, i) => (x.startsWith(":") ? [[x.slice(1), b[i]]] : [])));
      const body = buffer.length ? JSON.parse(buffer) : {};
      const out = run({ p, q: url.searchParams, body, res });
      if (res.headersSent) return;
      return Array.isArray(out) ? reply(out[0], out[1]) : reply(200, out);
    }
    throw new Fail(404, "not_found", "没有这个地址");
  } catch (e) { if (e.body) reply(e.status, e.body); else { console.error(e); reply(500, { type: "/errors/internal", title: "出错了", status: 500, code: "internal", reference: "mock-500" }); } }
}).listen(Number(process.env.PORT ?? 8765), "127.0.0.1", () => console.log("mock API on 8765"));
void matches;
