// A small, deterministic catalog in the shape of docs/api.md. Development only.
let n = 0;
export const id = () => `0198a000-0000-7000-8000-${String(++n).padStart(12, "0")}`;
const L = (zh, en) => ({ "zh-CN": zh, en });
const common = ["eq", "ne", "is_empty", "is_not_empty"];
const ordered = ["eq", "ne", "lt", "lte", "gt", "gte", "between", "is_empty", "is_not_empty"];
const operatorsOf = {
  text: ["eq", "ne", "contains", "not_contains", "starts_with", "in", "is_empty", "is_not_empty"],
  number: ordered, percent: ordered, currency: ordered,
  date: ["eq", "lt", "lte", "gt", "gte", "between", "within", "is_empty", "is_not_empty"],
  boolean: ["eq"], single_choice: ["eq", "ne", "in", "not_in", "is_empty", "is_not_empty"],
  multiple_choice: ["any_of", "all_of", "none_of", "is_empty", "is_not_empty"],
  relation: ["eq", "ne", "in", "not_in", "is_empty", "is_not_empty"],
};
operatorsOf.datetime = operatorsOf.date; operatorsOf.user = operatorsOf.relation;
const aggregatesOf = { number: ["sum", "avg", "min", "max"], currency: ["sum", "avg", "min", "max"], percent: ["avg", "min", "max"], date: ["min", "max"], datetime: ["min", "max"] };

export function field(api_name, type, label, config = {}, extra = {}) {
  return { id: id(), api_name, type, label, help: null, required: false, unique: false, system: false, readonly: type === "autonumber",
    searchable: type === "text", sortable: type !== "long_text" && type !== "multiple_choice", groupable: ["single_choice", "boolean", "relation", "user"].includes(type),
    aggregates: ["count_distinct", ...(aggregatesOf[type] ?? [])], operators: operatorsOf[type] ?? operatorsOf.text ?? common, config, ...extra };
}
const system = () => [
  field("owner", "user", L("负责人", "Owner"), {}, { system: true }),
  field("created_at", "datetime", L("创建时间", "Created"), {}, { system: true, readonly: true }),
  field("updated_at", "datetime", L("更新时间", "Updated"), {}, { system: true, readonly: true }),
  field("created_by", "user", L("创建人", "Created by"), {}, { system: true, readonly: true }),
  field("updated_by", "user", L("更新人", "Updated by"), {}, { system: true, readonly: true }),
];
const choices = (...list) => ({ choices: list.map(([key, zh, en, color, category = null, probability = null]) => ({ key, label: L(zh, en), color, category, probability, archived: false })) });
export const industries = choices(["it", "信息技术", "IT", "blue"], ["manufacturing", "制造业", "Manufacturing", "orange"], ["retail", "零售", "Retail", "pink"], ["finance", "金融", "Finance", "indigo"], ["medical", "医疗健康", "Healthcare", "teal"], ["education", "教育", "Education", "green"]);
export const stages = choices(["prospecting", "初步接触", "Prospecting", "gray", "open", "10"], ["engaging", "需求确认", "Engaging", "blue", "open", "30"], ["proposal", "方案报价", "Proposal", "indigo", "open", "50"], ["negotiation", "商务谈判", "Negotiation", "purple", "open", "75"], ["won", "赢单", "Won", "green", "won", "100"], ["lost", "输单", "Lost", "red", "lost", "0"]);
const rel = (target, zh, en) => ({ target, inverse_label: L(zh, en) });

function object(api_name, zh, en, enPlural, icon, color, fields, extra) {
  return { id: id(), api_name, kind: "standard", label: L(zh, en), label_plural: L(zh, enPlural), icon, color, position: 0, in_navigation: true,
    title_field: "name", subtitle_field: null, board_field: null, board_sum_field: null, quick_create: ["name"], fields: [...fields, ...system()],
    layout: { highlights: ["owner"], path: null, sections: [{ label: L("基本信息", "Details"), fields: fields.map((f) => f.api_name) }], related: [] },
    permissions: { create: true, update: true, delete: true, export: true, import: true }, ...extra };
}
const req = { required: true };
const name = (zh, en) => field("name", "text", L(zh, en), { max_length: 255 }, req);

export const objects = [
  object("lead", "线索", "Lead", "Leads", "target", "orange", [name("姓名", "Name"), field("company", "text", L("公司", "Company")), field("phone", "phone", L("手机", "Phone")), field("email", "email", L("邮箱", "E-mail")), field("status", "single_choice", L("状态", "Status"), choices(["new", "新线索", "New", "blue"], ["contacted", "已联系", "Contacted", "yellow"], ["qualified", "已确认", "Qualified", "green"], ["unqualified", "无效", "Unqualified", "gray"])), field("score", "number", L("评分", "Score"), { scale: 0 }), field("tags", "multiple_choice", L("标签", "Tags"), choices(["hot", "高意向", "Hot", "red"], ["vip", "重点", "VIP", "purple"], ["event", "展会", "Event", "teal"]))], { position: 1, board_field: "status", subtitle_field: "company", quick_create: ["name", "company", "phone"] }),
  object("account", "客户", "Account", "Accounts", "building", "blue", [name("客户名称", "Account name"), field("industry", "single_choice", L("行业", "Industry"), industries), field("city", "text", L("城市", "City")), field("phone", "phone", L("电话", "Phone")), field("website", "url", L("网站", "Website")), field("employees", "number", L("员工数", "Employees"), { scale: 0, min: "0" }), field("revenue", "currency", L("年营业额", "Annual revenue"), { currency: "CNY", scale: 2 }), field("parent", "relation", L("上级客户", "Parent account"), rel("account", "下级客户", "Child accounts")), field("key_account", "boolean", L("重点客户", "Key account")), field("tags", "multiple_choice", L("标签", "Tags"), choices(["vip", "重点", "VIP", "purple"], ["partner", "伙伴", "Partner", "teal"])), field("description", "long_text", L("备注", "Description"))], { position: 2, subtitle_field: "city", board_field: "industry", board_sum_field: "revenue", quick_create: ["name", "phone", "city"] }),
  object("contact", "联系人", "Contact", "Contacts", "user", "teal", [name("姓名", "Name"), field("account", "relation", L("客户", "Account"), rel("account", "联系人", "Contacts")), field("title", "text", L("职务", "Title")), field("phone", "phone", L("手机", "Phone")), field("email", "email", L("邮箱", "E-mail")), field("birthday", "date", L("生日", "Birthday"))], { position: 3, subtitle_field: "title", quick_create: ["name", "account", "phone"] }),
  object("opportunity", "商机", "Opportunity", "Opportunities", "handshake", "green", [name("商机名称", "Name"), field("account", "relation", L("客户", "Account"), rel("account", "商机", "Opportunities")), field("stage", "single_choice", L("阶段", "Stage"), stages, req), field("amount", "currency", L("预计成交金额", "Amount"), { currency: "CNY", scale: 2 }), field("probability", "percent", L("赢率", "Probability")), field("close_date", "date", L("预计成交日期", "Close date")), field("product", "relation", L("产品", "Product"), rel("product", "商机", "Opportunities")), field("next_step", "text", L("下一步", "Next step")), field("number", "autonumber", L("编号", "Number"), { pattern: "OP{YYYY}-{0000}" })], { position: 4, subtitle_field: "number", board_field: "stage", board_sum_field: "amount", quick_create: ["name", "account", "amount", "stage"] }),
  object("product", "产品", "Product", "Products", "package", "purple", [name("产品名称", "Name"), field("price", "currency", L("单价", "Price"), { currency: "CNY", scale: 2 }), field("active", "boolean", L("在售", "Active"))], { position: 5 }),
  object("activity", "跟进动态", "Activity", "Activities", "activity", "indigo", [field("title", "text", L("主题", "Title"), {}, req), field("kind", "single_choice", L("类型", "Kind"), choices(["note", "记录", "Note", "gray"], ["call", "通话", "Call", "blue"], ["visit", "拜访", "Visit", "green"], ["meeting", "会议", "Meeting", "purple"], ["task", "任务", "Task", "orange"], ["email", "邮件", "E-mail", "teal"])), field("body", "long_text", L("内容", "Body")), field("happened_at", "datetime", L("发生时间", "Happened at")), field("due_at", "datetime", L("截止时间", "Due")), field("done", "boolean", L("已完成", "Done")), field("account", "relation", L("客户", "Account"), rel("account", "跟进动态", "Activities")), field("contact", "relation", L("联系人", "Contact"), rel("contact", "跟进动态", "Activities")), field("opportunity", "relation", L("商机", "Opportunity"), rel("opportunity", "跟进动态", "Activities")), field("lead", "relation", L("线索", "Lead"), rel("lead", "跟进动态", "Activities"))], { position: 6, title_field: "title", board_field: "kind", quick_create: ["title", "kind"] }),
  object("department", "部门", "Department", "Departments", "network", "gray", [name("部门名称", "Name"), field("parent", "relation", L("上级部门", "Parent"), rel("department", "下级部门", "Child departments"))], { position: 7, in_navigation: false, kind: "system" }),
  object("user", "人员", "Person", "People", "users", "gray", [name("姓名", "Name"), field("email", "email", L("邮箱", "E-mail")), field("phone", "phone", L("手机", "Phone")), field("department", "relation", L("部门", "Department"), rel("department", "成员", "Members"))], { position: 8, in_navigation: false, kind: "system", quick_create: ["name", "email", "department"] }),
];
const by = (api) => objects.find((o) => o.api_name === api);
by("opportunity").layout = { highlights: ["amount", "stage", "close_date", "owner"], path: "stage", sections: [{ label: L("商机信息", "Opportunity"), fields: ["name", "account", "product", "amount", "probability", "close_date", "next_step"] }, { label: L("系统信息", "System"), fields: ["number", "owner", "created_at", "updated_at"] }], related: [{ object: "activity", field: "opportunity" }] };
by("account").layout = { highlights: ["owner", "industry", "revenue"], path: null, sections: [{ label: L("客户信息", "Account"), fields: ["name", "industry", "city", "phone", "website", "employees", "revenue", "parent", "key_account", "tags"] }, { label: L("其他", "More"), fields: ["description", "created_at"] }], related: [{ object: "contact", field: "account" }, { object: "opportunity", field: "account" }, { object: "activity", field: "account" }] };
by("contact").layout.related = [{ object: "activity", field: "contact" }];
by("lead").layout = { ...by("lead").layout, path: "status", related: [{ object: "activity", field: "lead" }] };

const view = (object, zh, en, columns, config = {}, kind = "list") => ({ id: id(), object, name: L(zh, en), kind, visibility: "shared", editable: true, position: 0, config: { columns, where: null, sort: [], group_by: null, widths: {}, density: "normal", ...config } });
export const views = [
  view("account", "全部客户", "All accounts", ["name", "industry", "city", "phone", "owner", "employees", "revenue", "key_account", "tags", "created_at"]),
  view("account", "我的客户", "My accounts", ["name", "industry", "phone", "revenue"], { where: { field: "owner", op: "eq", value: "me" } }),
  view("opportunity", "全部商机", "All opportunities", ["name", "account", "stage", "amount", "probability", "close_date", "owner", "next_step", "number"]),
  view("opportunity", "阶段看板", "By stage", ["name", "amount", "close_date"], { group_by: "stage" }, "board"),
  view("lead", "全部线索", "All leads", ["name", "company", "status", "phone", "email", "score", "tags", "owner"]),
  view("contact", "全部联系人", "All contacts", ["name", "account", "title", "phone", "email", "birthday", "owner"]),
];
const op = (zh, en, arity = "one", input = "value") => ({ label: L(zh, en), arity, input });
export const operators = { eq: op("等于", "is"), ne: op("不等于", "is not"), lt: op("小于", "less than"), lte: op("不大于", "at most"), gt: op("大于", "greater than"), gte: op("不小于", "at least"), between: op("介于", "between", "two"), in: op("属于", "is any of", "many"), not_in: op("不属于", "is none of", "many"), contains: op("包含", "contains", "one", "text"), not_contains: op("不包含", "does not contain", "one", "text"), starts_with: op("开头是", "starts with", "one", "text"), is_empty: op("为空", "is empty", "none"), is_not_empty: op("不为空", "is not empty", "none"), any_of: op("含任一", "has any of", "many"), all_of: op("含全部", "has all of", "many"), none_of: op("不含", "has none of", "many"), within: op("在", "within", "one", "period") };
export const periods = [["today", "今天", "Today"], ["this_week", "本周", "This week"], ["this_month", "本月", "This month"], ["last_month", "上月", "Last month"], ["this_quarter", "本季度", "This quarter"], ["this_year", "今年", "This year"], ["last_7_days", "最近 7 天", "Last 7 days"], ["last_30_days", "最近 30 天", "Last 30 days"]].map(([key, zh, en]) => ({ key, label: L(zh, en) }));
export const field_types = [["text", "文本", "Text", { long_text: "lossless", number: "lossy", date: "lossy", single_choice: "lossless" }], ["long_text", "长文本", "Long text", { text: "lossy" }], ["number", "数字", "Number", { text: "lossless", currency: "lossless", percent: "lossless" }], ["percent", "百分比", "Percent", { number: "lossless" }], ["currency", "金额", "Currency", { number: "lossy" }], ["boolean", "是否", "Yes / no", { text: "lossless" }], ["date", "日期", "Date", { datetime: "lossless", text: "lossless" }], ["datetime", "日期时间", "Date and time", { date: "lossy" }], ["single_choice", "单选", "Single choice", { multiple_choice: "lossless", text: "lossless" }], ["multiple_choice", "多选", "Multiple choice", {}], ["user", "人员", "Person", {}], ["relation", "关联", "Relation", {}], ["phone", "电话", "Phone", { text: "lossless" }], ["email", "邮箱", "E-mail", { text: "lossless" }], ["url", "网址", "Link", { text: "lossless" }], ["autonumber", "自动编号", "Autonumber", {}]].map(([key, zh, en, conversions]) => ({ key, label: L(zh, en), config_schema: {}, conversions }));
