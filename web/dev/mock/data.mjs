// Deterministic records for the mock: a linear congruential generator, no clock, no randomness.
import { id, industries, objects, stages } from "./catalog.mjs";
let seed = 42;
const rnd = (n) => ((seed = (seed * 1664525 + 1013904223) >>> 0) >>> 8) % n;
const pick = (list) => list[rnd(list.length)];
const cities = ["上海", "北京", "深圳", "杭州", "成都", "武汉", "南京", "苏州"];
const words = ["华联", "云启", "星河", "恒泰", "远景", "博雅", "瑞安", "金桥", "天元", "海纳", "启明", "中科", "东方", "万象"];
const kinds = ["科技", "制造", "贸易", "医疗", "教育", "网络", "物流"];
const surnames = "王李张刘陈杨赵黄周吴徐孙";
const given = ["伟", "芳", "娜", "敏", "静", "强", "磊", "洋", "艳", "杰", "欣怡", "梓涵", "子轩"];
const person = () => surnames[rnd(12)] + pick(given);
const day = (offset) => new Date(Date.UTC(2026, 10, 21) + offset * 864e5).toISOString();
export const tables = Object.fromEntries(objects.map((o) => [o.api_name, new Map()]));
export const histories = new Map();
export const trash = new Map();

export function insert(object, values, at = day(-rnd(200)), actor = null) {
  const type = objects.find((o) => o.api_name === object);
  const record = { id: id(), version: 1 };
  for (const f of type.fields) record[f.api_name] = values[f.api_name] ?? (f.type === "boolean" ? false : null);
  Object.assign(record, { created_at: at, updated_at: at, created_by: actor, updated_by: actor, owner: values.owner ?? actor });
  tables[object].set(record.id, record);
  histories.set(record.id, [{ id: id(), at, actor, action: "create", version: 1, changes: [] }]);
  return record;
}
const ref = (r) => (r ? { id: r.id, label: r.name ?? r.title } : null);
const money = (n) => ({ amount: `${n}.00`, currency: "CNY" });
const phone = () => `+861${pick(["38", "39", "86", "59"])}${String(rnd(1e8)).padStart(8, "0")}`;

export function fillTables() {
  const dept = insert("department", { name: "销售一部" });
  const me = insert("user", { name: "林小榕", email: "admin@example.com", phone: phone(), department: ref(dept) });
  const users = [me, ...[0, 1, 2, 3].map(() => insert("user", { name: person(), email: `u${rnd(900)}@example.com`, department: ref(dept) }))];
  const products = ["GTX Pro", "GTX Basic", "MG Special", "榕云套件"].map((name, i) => insert("product", { name, price: money(800 + i * 700), active: true }));
  const accounts = Array.from({ length: 640 }, (_, i) => insert("account", { name: `${pick(cities)}${pick(words)}${pick(kinds)}有限公司${i % 9 === 0 ? "分公司" : ""}`, industry: pick(industries.choices).key, city: pick(cities), phone: phone(), website: `https://example.com/${i}`, employees: String(10 + rnd(5000)), revenue: money(10000 + rnd(9e6)), key_account: rnd(5) === 0, tags: rnd(3) === 0 ? ["vip"] : null, owner: ref(pick(users)), description: null }, day(-rnd(200)), ref(me)));
  const contacts = Array.from({ length: 900 }, () => insert("contact", { name: person(), account: ref(pick(accounts)), title: pick(["采购经理", "总经理", "技术总监", "CEO", "财务主管"]), phone: phone(), email: `c${rnd(9e5)}@example.com`, birthday: `19${70 + rnd(29)}-0${1 + rnd(9)}-1${rnd(9)}`, owner: ref(pick(users)) }, undefined, ref(me)));
  const deals = Array.from({ length: 420 }, (_, i) => { const s = pick(stages.choices); const a = pick(accounts); return insert("opportunity", { name: `${a.name.slice(0, 4)} ${pick(["年度采购", "系统升级", "设备租赁", "续约", "二期项目"])}`, account: ref(a), stage: s.key, amount: money(5000 + rnd(800000)), probability: s.probability, close_date: day(rnd(180) - 60).slice(0, 10), product: ref(pick(products)), next_step: pick(["约见决策人", "发送报价", "演示方案", null, "合同评审"]), number: `OP2026-${String(i + 1).padStart(4, "0")}`, owner: ref(pick(users)) }, undefined, ref(me)); });
  for (let i = 0; i < 180; i++) insert("lead", { name: person(), company: `${pick(words)}${pick(kinds)}`, phone: phone(), email: `l${i}@example.com`, status: pick(["new", "contacted", "qualified", "unqualified"]), score: String(rnd(100)), tags: rnd(2) ? [pick(["hot", "vip", "event"])] : null, owner: ref(pick(users)) }, undefined, ref(me));
  for (let i = 0; i < 1500; i++) { const d = pick(deals); const k = pick(["note", "call", "visit", "meeting", "task", "email"]); const at = day(-rnd(120)); insert("activity", { title: pick(["电话沟通需求", "现场拜访", "发送方案", "例行回访", "讨论价格", "演示产品"]), kind: k, body: pick([null, "客户对交付周期有疑问,已答复两周内给出排期。", "对方希望增加 20% 数量,需申请折扣。"]), happened_at: at, due_at: k === "task" ? day(rnd(20) - 8) : null, done: rnd(2) === 0, account: d.account, contact: ref(pick(contacts)), opportunity: ref(d), owner: ref(pick(users)) }, at, ref(me)); }
  return me;
}
