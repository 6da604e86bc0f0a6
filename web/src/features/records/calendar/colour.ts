import { useCatalog } from "@/api/catalog";
import type { ObjectType, RecordData } from "@/api/types";
import { choiceOf } from "@/fields/single_choice/choices";
import { categoryOf } from "@/tokens/theme";

/** The colour a record has on the board of its object, elsewhere none. */
export function useColour(type: ObjectType) {
  const catalog = useCatalog();
  const field = type.board_field ? catalog.field(type.api_name, type.board_field) : undefined;
  return (record: RecordData) => categoryOf((field && choiceOf(field, record[field.api_name])?.color) ?? "green");
}
