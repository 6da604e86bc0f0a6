import type { Field, FieldConfig, Localized } from "@/api/types";
import { autonumberField } from "./autonumber";
import { booleanField } from "./boolean";
import { buttonField } from "./button";
import type { FieldUi } from "./contract";
import { currencyField } from "./currency";
import { dateField } from "./date";
import { datetimeField } from "./datetime";
import { emailField } from "./email";
import { longTextField } from "./long_text";
import { maskedField } from "./masked";
import { multipleChoiceField } from "./multiple_choice";
import { numberField } from "./number";
import { percentField } from "./percent";
import { phoneField } from "./phone";
import { relationField } from "./relation";
import { singleChoiceField } from "./single_choice";
import { subTableField } from "./sub_table";
import { textField } from "./text";
import { timeField } from "./time";
import { durationField } from "./duration";
import { ratingField } from "./rating";
import { tagsField } from "./tags";
import { barcodeField } from "./barcode";
import { jsonField } from "./json";
import { departmentField } from "./department";
import { departmentsField } from "./departments";
import { usersField } from "./users";
import { relationManyField } from "./relation_many";
import { polymorphicField } from "./polymorphic";
import { addressField } from "./address";
import { locationField } from "./location";
import { richTextField } from "./rich_text";
import { encryptedField } from "./encrypted";
import { fileField } from "./file";
import { imageField } from "./image";
import { signatureField } from "./signature";
import { formulaField } from "./formula";
import { rollupField } from "./rollup";
import { lookupField } from "./lookup";
import { unknownField } from "./unknown";
import { urlField } from "./url";
import { userField } from "./user";

/** One line per field type, keyed as in the catalog. */
const registry: Record<string, FieldUi> = {
  text: textField,
  long_text: longTextField,
  number: numberField,
  percent: percentField,
  currency: currencyField,
  boolean: booleanField,
  date: dateField,
  datetime: datetimeField,
  single_choice: singleChoiceField,
  multiple_choice: multipleChoiceField,
  user: userField,
  relation: relationField,
  department: departmentField,
  departments: departmentsField,
  users: usersField,
  relation_many: relationManyField,
  polymorphic: polymorphicField,
  address: addressField,
  location: locationField,
  rich_text: richTextField,
  encrypted: encryptedField,
  phone: phoneField,
  email: emailField,
  url: urlField,
  time: timeField,
  duration: durationField,
  rating: ratingField,
  tags: tagsField,
  barcode: barcodeField,
  json: jsonField,
  autonumber: autonumberField,
  formula: formulaField,
  rollup: rollupField,
  lookup: lookupField,
  file: fileField,
  image: imageField,
  signature: signatureField,
  sub_table: subTableField,
  button: buttonField,
};

export const typeUi = (type: string): FieldUi => registry[type] ?? unknownField;
/** How a field is drawn: as its type says, unless the reader sees it only in part. */
export const fieldUi = (field: Pick<Field, "type" | "access">): FieldUi => (field.access === "masked" ? maskedField : typeUi(field.type));
export const knownTypes = Object.keys(registry);

/** A configuration as it is sent for a field called `label`. */
export const finishedConfig = (type: string, config: FieldConfig, label: Localized): FieldConfig => typeUi(type).finishConfig?.(config, label) ?? config;
/** The first member without which a field of the type cannot be and which is still blank. */
export const missingConfig = (type: string, config: FieldConfig) =>
  typeUi(type).neededConfig?.find((member) => { const value = config[member]; return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0); });
