import type { Field, FieldConfig } from "@/api/types";

interface Sample {
  type: string;
  value: unknown;
  config?: FieldConfig;
}
const choices = ["blue", "cyan", "violet", "amber", "green", "grey", "red", "pink", "orange"].map((color, index) => ({ key: color, label: { "zh-CN": `选项 ${index + 1}`, en: `Choice ${index + 1}` }, color })); // strings-ok: sample data

/** One value of each type that needs nothing of the server to be drawn. */
export const samples: Sample[] = [
  { type: "text", value: "Blue Ocean Technology" },
  { type: "long_text", value: "First line.\nSecond line." },
  { type: "number", value: "12345.678", config: { scale: 2 } },
  { type: "percent", value: "42.5" },
  { type: "currency", value: { amount: "1250000.00", currency: "CNY" } },
  { type: "boolean", value: true },
  { type: "date", value: "2026-03-14" },
  { type: "datetime", value: "2026-03-14T06:30:00Z" },
  { type: "time", value: "09:30" },
  { type: "duration", value: 90 },
  { type: "single_choice", value: "amber", config: { choices } },
  { type: "multiple_choice", value: ["blue", "red", "green"], config: { choices } },
  { type: "user", value: { id: "00000000-0000-7000-8000-000000000001", label: "Ada Park" } },
  { type: "phone", value: "+8613812345678" },
  { type: "email", value: "ada@example.com" },
  { type: "url", value: "https://example.com/page" },
  { type: "rating", value: 4 },
  { type: "tags", value: ["VIP", "Export"] },
  { type: "autonumber", value: "OP202603-00042" },
  { type: "barcode", value: "6901234567892" },
];

export const sampleField = ({ type, config }: Sample): Field => ({
  id: type, api_name: type, type, label: { "zh-CN": type, en: type }, help: null, required: false, unique: false, system: false, readonly: false, access: "edit",
  searchable: false, sortable: false, groupable: false, aggregates: [], operators: [], config: config ?? {},
});
