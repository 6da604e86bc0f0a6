import { useCatalog } from "@/api/catalog";
import type { Localized, Money } from "@/api/types";
import { isReference } from "@/fields/relation/references";
import { fieldUi } from "@/fields/registry";
import { useSpeech, type Speech } from "@/messages";
import { formatMoney } from "@/ui/format";
import { isMoney } from "../model/types";
import styles from "../Quoting.module.css";

/** One thing that is otherwise than before: of a line where it has one, else of the document. */
export interface Difference {
  kind?: "added" | "removed" | "changed" | null;
  line?: string | number | null;
  field?: string | null;
  label?: Localized | string | null;
  before?: unknown;
  after?: unknown;
  text?: string | null;
}

export function shownValue(value: unknown, { language }: Speech): string {
  if (value === null || value === undefined || value === "") return "—";
  if (isMoney(value)) return formatMoney(value as Money, language);
  if (isReference(value)) return value.label ?? "—";
  return String(value);
}

export function Differences({ object, differences }: { object: string; differences: readonly Difference[] }) {
  const catalog = useCatalog();
  const speech = useSpeech();
  const { t, say } = speech;
  const lineObject = object === "sales_order" ? "order_line" : `${object}_line`;
  if (differences.length === 0) return <p className={styles["hint"]}>{t("quoting.noDifferences")}</p>;
  return (
    <dl className={styles["changes"]} data-testid="differences">
      {differences.map((each, index) => {
        const field = each.field ? catalog.field(each.line === null || each.line === undefined ? object : lineObject, each.field) : undefined;
        const name = say(each.label) || say(field?.label) || each.field || "";
        const read = (value: unknown) => (field && value !== null && value !== undefined ? fieldUi(field).text(value, field, speech) : shownValue(value, speech));
        const kind = each.kind && each.kind !== "changed" ? t(`quoting.line.${each.kind}`) : "";
        return (
          <div key={index}>
            <dt>{[each.line === null || each.line === undefined ? "" : String(each.line), kind || name].filter(Boolean).join(" · ")}</dt>
            <dd>{each.text ?? (each.kind === "added" ? read(each.after) : each.kind === "removed" ? <s>{read(each.before)}</s> : <><s>{read(each.before)}</s> {read(each.after)}</>)}</dd>
          </div>
        );
      })}
    </dl>
  );
}
