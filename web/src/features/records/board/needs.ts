import type { Field, ObjectType } from "@/api/types";
import type { Scope } from "@/features/base/filters/evaluate";
import { judge } from "@/features/base/filters/evaluate";
import { neededIn } from "@/features/base/stages";
import { isEmptyValue } from "@/fields/contract";
import { fieldUi } from "@/fields/registry";
import { isShown } from "../form/rules";

/** Whether a person could fill the field here. */
export const canFill = (field: Field): boolean => !field.readonly && !field.system && field.access !== "masked" && !fieldUi(field).virtual;

/** Whether a new choice may ask for more than itself: only then must the whole record be known before it is sent. */
export const mayAskMore = (type: ObjectType, name: string): boolean => (type.stage_field === name && Boolean(type.pipelines?.length)) || type.fields.some((field) => Boolean(field.required_when) || field.config.depends_on === name);

/** What must be said for these values to be taken, and is not. Only what certainly is required is asked for. */
export function needsOf(type: ObjectType, scope: Scope): Field[] {
  const asked = neededIn(type, scope.values);
  const required = (field: Field) => field.required || asked.includes(field.api_name) || Boolean(field.required_when && judge(field.required_when, scope) === true);
  return type.fields.filter((field) => canFill(field) && isEmptyValue(scope.values[field.api_name]) && required(field) && isShown(field, scope));
}
