import type { Catalog } from "@/api/catalog";
import type { Field, ObjectType } from "@/api/types";

/** Whether the reader may change a field of some record: giving a record to somebody else is a right of its own. */
export const mayEdit = (type: ObjectType, field: Field): boolean =>
  type.permissions.update && !field.readonly && (field.api_name === "owner" ? type.permissions.transfer : !field.system);

/** Many records at once take a right of their own as well. */
export const mayBulk = (type: ObjectType, action: "update" | "delete"): boolean => type.permissions.bulk && type.permissions[action];

/** Whether there is anything to bring in from files, and any object whose records go through stages. */
export const mayImport = (catalog: Catalog): boolean => catalog.data.objects.some((type) => type.permissions.import);
/** Whether any object keeps pools: those of the sales package do. */
export const keepsPools = (type: ObjectType): boolean => type.fields.some((field) => field.api_name === "pool" && field.type === "relation" && field.config.target === "pool");
export const hasPools = (catalog: Catalog): boolean => catalog.data.objects.some(keepsPools);
export const hasFunnel = (catalog: Catalog): boolean => catalog.navigation.some((type) => type.fields.some((field) => field.type === "single_choice" && field.config.choices?.some((choice) => choice.category)));

/** Whether the reader sees deals with their amounts, which forecasts are made of; and whether they set targets for others. */
export const hasDeals = (catalog: Catalog): boolean => ["amount", "close_date", "stage"].every((name) => (catalog.field("opportunity", name)?.access ?? "masked") !== "masked");
export const hasTargets = (catalog: Catalog): boolean => hasDeals(catalog) && Boolean(catalog.object("sales_target"));
/** Whether any object's records go through pipelines, and so can stand still in one. */
export const hasPipelines = (catalog: Catalog): boolean => catalog.navigation.some((type) => Boolean(type.pipelines?.length));

/** Objects whose records are made line by line, and those a quote begins from. */
const DOCUMENTS = new Set(["quote", "contract", "sales_order"]);
const QUOTED = new Set(["opportunity", "account"]);
export const quotes = (type: ObjectType, catalog: Catalog): boolean => DOCUMENTS.has(type.api_name) || (QUOTED.has(type.api_name) && catalog.object("quote")?.permissions.create === true);
/** Records that money is planned, received, invoiced or owed on; and whether the reader sees what is owed at all. */
const MONEY = new Set(["account", "contract", "sales_order", "payment", "refund", "allocation", "invoice", "invoice_request"]);
export const hasReceivables = (catalog: Catalog): boolean => ["amount", "outstanding", "due_on", "in_force"].every((name) => (catalog.field("payment_plan", name)?.access ?? "masked") !== "masked");
export const isMoneyRecord = (type: ObjectType, catalog: Catalog): boolean => MONEY.has(type.api_name) && hasReceivables(catalog);
/** Records that somebody else decides on. */
const DECIDED = new Set(["deal_registration", "expense"]);
export const isDecided = (type: ObjectType): boolean => DECIDED.has(type.api_name);
/** Lines of documents are written as a whole, in an editor of their own. */
const LINES = new Set(["quote_line", "contract_line", "order_line"]);
export const isDocumentLine = (type: ObjectType): boolean => LINES.has(type.api_name);
/** Records that carry a number of their own are documents, which may have a template to be printed by. */
export const isNumbered = (type: ObjectType): boolean => type.fields.some((field) => field.type === "autonumber");
