import { TriangleAlert } from "lucide-react";
import { useCatalog, type Catalog } from "@/api/catalog";
import type { Field } from "@/api/types";
import { messages, useSpeech, type MessageKey, type Speech } from "@/messages";
import { booleanField } from "../boolean";
import type { CellProps, FieldUi, FilterProps } from "../contract";
import { currencyField } from "../currency";
import { dateField } from "../date";
import { datetimeField } from "../datetime";
import { longTextField } from "../long_text";
import { multipleChoiceField } from "../multiple_choice";
import { numberField } from "../number";
import { singleChoiceField } from "../single_choice";
import { textField } from "../text";
import styles from "./Result.module.css";

/** The plain type of what a computed field gives. */
const plain: Record<string, FieldUi> = {
  number: numberField, currency: currencyField, text: longTextField, line: textField, boolean: booleanField, date: dateField, datetime: datetimeField, choice: singleChoiceField, choices: multipleChoiceField,
};
export const plainUi = (field: Field): FieldUi => plain[field.config.result ?? ""] ?? textField;

export const failureOf = (value: unknown): string | null => (typeof value === "object" && value !== null && "error" in value && typeof value.error === "string" ? value.error : null);

/** What a value that could not be computed says of itself. */
export function failureText(code: string, { t }: Pick<Speech, "t">): string {
  const key = `computed.error.${code}`;
  return key in messages ? t(key as MessageKey as "computed.error.division_by_zero") : t("computed.error.other", { code });
}

/** A looked-up key is labelled by the choices of the field it comes from, `object.field`. */
function labelled(catalog: Catalog, field: Field): Field {
  const [object, name] = (field.config.choices_of ?? "").split(".");
  const choices = object && name ? catalog.field(object, name)?.config.choices : undefined;
  return choices ? { ...field, config: { ...field.config, choices } } : field;
}

const percent = (field: Field) => field.config.format === "percent";
/** "0.25" as 25 %: computed figures are fractions, and only shown so. */
const scaled = (value: unknown) => (value === null || value === undefined || value === "" ? value : String(Number((Number(value) * 100).toPrecision(15))));

export function ComputedCell(props: CellProps) {
  const catalog = useCatalog();
  const speech = useSpeech();
  const failed = failureOf(props.value);
  // A page has room to say what is wrong, and a finger has no tooltip.
  if (failed && props.linked) return <span className={styles["failed"]}><TriangleAlert size={12} aria-hidden />{failureText(failed, speech)}</span>;
  if (failed) return <span className={styles["failed"]} title={failureText(failed, speech)} role="img" aria-label={failureText(failed, speech)}><TriangleAlert size={12} aria-hidden />#</span>;
  const { Cell } = plainUi(props.field);
  const field = labelled(catalog, props.field);
  if (percent(field) && props.value !== null && props.value !== undefined) return <><Cell {...props} field={field} value={scaled(props.value)} />%</>;
  return <Cell {...props} field={field} />;
}

export function ComputedFilter(props: FilterProps) {
  const catalog = useCatalog();
  const { Filter } = plainUi(props.field);
  return <Filter {...props} field={labelled(catalog, props.field)} />;
}

export function ComputedFilterText({ value, field }: { value: unknown; field: Field }) {
  const speech = useSpeech();
  const known = labelled(useCatalog(), field);
  return <>{(Array.isArray(value) ? value : [value]).map((each) => plainUi(field).text(each, known, speech)).join(speech.t("list.comma"))}</>;
}

export const computedText = (value: unknown, field: Field, speech: Speech): string => {
  const failed = failureOf(value);
  if (failed) return `# ${failureText(failed, speech)}`;
  const said = plainUi(field).text(percent(field) ? scaled(value) : value, field, speech);
  return said && percent(field) ? `${said}%` : said;
};

/** What formula, rollup and lookup share: read like the plain type of their result, written by nobody. */
export const computedUi = { width: 130, Cell: ComputedCell, Editor: ComputedCell as FieldUi["Editor"], Filter: ComputedFilter, FilterText: ComputedFilterText, text: computedText };
