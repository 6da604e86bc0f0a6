import type { Catalog } from "@/api/catalog";
import type { Field, ObjectType } from "@/api/types";

/** Whether the reader may change a field of some record: giving a record to somebody else is a right of its own. */
export const mayEdit = (type: ObjectType, field: Field): boolean =>
  type.permissions.update && !field.readonly && (field.api_name === "owner" ? type.permissions.transfer : !field.system);

/** Many records at once take a right of their own as well. */
export const mayBulk = (type: ObjectType, action: "update" | "delete"): boolean => type.permissions.bulk && type.permissions[action];

/** Whether there is anything to bring in from files, and any object whose records go through stages. */
export const mayImport = (catalog: Catalog): boolean => catalog.data.objects.some((type) => type.permissions.import);
export const hasFunnel = (catalog: Catalog): boolean => catalog.navigation.some((type) => type.fields.some((field) => field.type === "single_choice" && field.config.choices?.some((choice) => choice.category)));
