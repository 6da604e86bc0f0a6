// In-memory twin of the query contract, just deep enough to develop screens against.
import { objects } from "./catalog.mjs";
import { tables } from "./data.mjs";
const typeOf = (o) => objects.find((x) => x.api_name === o);
export function resolve(object, record, path) {
  const [head, ...rest] = path.split(".");
  const f = typeOf(object).fields.find((x) => x.api_name === head);
  const value = record?.[head] ?? null;
  if (!rest.length) return { value, field: f };
  const target = f?.type === "user" ? "user" : f?.config.target;
  const next = value ? tables[target]?.get(value.id) : null;
  return next ? resolve(target, next, rest.join(".")) : { value: null, field: null };
}
const plain = (v, type) => (v === null || v === undefined ? null : type === "currency" ? Number(v.amount ?? v) : ["number", "percent"].includes(type) ? Number(v) : v && typeof v === "object" && !Array.isArray(v) ? v.id : v);
const monthStart = (d, m = 0) => new Date(Date.UTC(d.getUTCFullYear(), d.getUTCMonth() + m, 1));
function period(key) {
  const now = new Date(); const d = 864e5; const today = new Date(now.toISOString().slice(0, 10));
  const q = Math.floor(now.getUTCMonth() / 3) * 3; const wd = (now.getUTCDay() + 6) % 7;
  return { today: [today, new Date(+today + d)], this_week: [new Date(+today - wd * d), new Date(+today + (7 - wd) * d)], this_month: [monthStart(now), monthStart(now, 1)], last_month: [monthStart(now, -1), monthStart(now)], this_quarter: [new Date(Date.UTC(now.getUTCFullYear(), q, 1)), new Date(Date.UTC(now.getUTCFullYear(), q + 3, 1))], this_year: [new Date(Date.UTC(now.getUTCFullYear(), 0, 1)), new Date(Date.UTC(now.getUTCFullYear() + 1, 0, 1))], last_7_days: [new Date(+today - 6 * d), new Date(+today + d)], last_30_days: [new Date(+today - 29 * d), new Date(+today + d)] }[key];
}
export function matches(object, r, w, me) {
  if (!w) return true;
  if (w.and) return w.and.every((x) => matches(object, r, x, me));
  if (w.or) return w.or.some((x) => matches(object, r, x, me));
  if (w.not) return !matches(object, r, w.not, me);
  if (w.some || w.none) { const s = w.some ?? w.none; const [o, f] = s.relation.split("."); const hit = [...tables[o].values()].some((x) => x[f]?.id === r.id && matches(o, x, s.where, me)); return w.some ? hit : !hit; }
  const { value, field } = resolve(object, r, w.field);
  const t = field?.type; const a = plain(value, t); const v = (x) => (x === "me" ? me.id : plain(x, t)); const b = Array.isArray(w.value) ? w.value.map(v) : v(w.value);
  const s = String(a ?? "").toLowerCase(); const empty = a === null || a === "" || (Array.isArray(a) && !a.length);
  switch (w.op) {
    case "eq": return a === b; case "ne": return a !== b; case "lt": return a !== null && a < b; case "lte": return a !== null && a <= b; case "gt": return a !== null && a > b; case "gte": return a !== null && a >= b;
    case "between": return a !== null && a >= b[0] && a <= b[1]; case "in": return b.includes(a); case "not_in": return !b.includes(a);
    case "contains": return s.includes(String(b).toLowerCase()); case "not_contains": return !s.includes(String(b).toLowerCase()); case "starts_with": return s.startsWith(String(b).toLowerCase());
    case "is_empty": return empty; case "is_not_empty": return !empty; case "any_of": return (a ?? []).some((x) => b.includes(x)); case "all_of": return b.every((x) => (a ?? []).includes(x)); case "none_of": return !(a ?? []).some((x) => b.includes(x));
    case "within": { const p = period(w.value); return a !== null && new Date(a) >= p[0] && new Date(a) < p[1]; }
    default: throw Object.assign(new Error(w.op), { code: "unknown_operator" });
  }
}
export function select(object, body, me) {
  const q = (body.search ?? "").toLowerCase();
  let rows = [...tables[object].values()].filter((r) => matches(object, r, body.where, me));
  if (q) rows = rows.filter((r) => Object.values(r).some((v) => typeof v === "string" && v.toLowerCase().includes(q)));
  const sort = body.sort?.length ? body.sort : [{ field: "created_at", direction: "desc" }];
  rows.sort((x, y) => { for (const s of sort) { const a = resolve(object, x, s.field); const b = resolve(object, y, s.field); const m = a.value?.label ?? plain(a.value, a.field?.type); const k = b.value?.label ?? plain(b.value, b.field?.type); if (m === k) continue; if (m === null) return 1; if (k === null) return -1; const c = m < k ? -1 : 1; return s.direction === "desc" ? -c : c; } return x.id < y.id ? -1 : 1; });
  return rows;
}
export function aggregate(object, body, me) {
  const groups = new Map();
  for (const r of select(object, { ...body, sort: [] }, me)) {
    const key = (body.group_by ?? []).map((g) => { const v = resolve(object, r, g.field).value; return g.bucket && v ? String(v).slice(0, 7) + "-01" : v; });
    const k = JSON.stringify(key.map((x) => x?.id ?? x)); if (!groups.has(k)) groups.set(k, { key, rows: [] }); groups.get(k).rows.push(r);
  }
  if (!body.group_by?.length && !groups.size) groups.set("", { key: [], rows: [] });
  return { more: false, groups: [...groups.values()].map(({ key, rows }) => ({ key, values: body.measures.map((m) => {
    if (m.fn === "count") return rows.length;
    const f = typeOf(object).fields.find((x) => x.api_name === m.field); const nums = rows.map((r) => plain(r[m.field], f.type)).filter((x) => x !== null);
    if (!nums.length) return null;
    const total = nums.reduce((a, b) => a + b, 0); const out = m.fn === "sum" ? total : m.fn === "avg" ? total / nums.length : m.fn === "min" ? Math.min(...nums) : Math.max(...nums);
    return f.type === "currency" ? { amount: out.toFixed(2), currency: "CNY" } : String(out);
  }) })) };
}
