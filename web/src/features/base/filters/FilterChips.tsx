import { X } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import { useCatalog } from "@/api/catalog";
import type { Field } from "@/api/types";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { usePathLabel } from "../fieldOptions";
import styles from "./filters.module.css";
import { isComplete, type Group, type Node, type Rule } from "./model";

function ValueText({ field, rule }: { field: Field; rule: Rule }) {
  const catalog = useCatalog();
  const speech = useSpeech();
  const operator = catalog.operator(rule.op);
  const ui = fieldUi(field);
  if (!operator || operator.arity === "none") return null;
  if (operator.input === "period") return <>{speech.say(catalog.data.periods.find((period) => period.key === rule.value)?.label)}</>;
  if (operator.input === "text") return <>{String(rule.value ?? "")}</>;
  if (ui.FilterText) return <ui.FilterText value={rule.value} field={field} />;
  const parts = (Array.isArray(rule.value) ? rule.value : [rule.value]).map((part) => ui.text(part, field, speech));
  return <>{operator.arity === "two" ? speech.t("filter.range", { from: parts[0] ?? "", to: parts[1] ?? "" }) : parts.join(speech.t("list.comma"))}</>;
}

function Sentence({ object, node }: { object: string; node: Node }): ReactNode {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const pathLabel = usePathLabel();
  if (node.kind === "raw") return t("filter.related");
  if (node.kind === "group")
    return node.nodes.map((child, index) => (
      <Fragment key={child.id}>
        {index > 0 && <i className={styles["join"]}>{t(node.join === "and" ? "filter.and" : "filter.or")}</i>}
        <Sentence object={object} node={child} />
      </Fragment>
    ));
  const field = catalog.field(object, node.field);
  if (!field) return node.field;
  return (
    <>
      <span className={styles["subject"]}>{pathLabel(object, node.field)}</span> {say(catalog.operator(node.op)?.label)} <b><ValueText field={field} rule={node} /></b>
    </>
  );
}

interface Props {
  object: string;
  group: Group;
  onOpen: () => void;
  /** Left out where the filter is only read. */
  onRemove?: (id: string) => void;
}

/** The filter as chips that read as one sentence. */
export function FilterChips({ object, group, onOpen, onRemove }: Props) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const shown = group.nodes.filter((node) => node.kind !== "rule" || isComplete(node, catalog.operator(node.op)));
  return shown.map((node, index) => (
    <Fragment key={node.id}>
      {index > 0 && <i className={styles["join"]}>{t(group.join === "and" ? "filter.and" : "filter.or")}</i>}
      <span className={styles["chip"]}>
        <button type="button" className={styles["chipText"]} onClick={onOpen}><Sentence object={object} node={node} /></button>
        {onRemove && <button
          type="button"
          className={styles["chipRemove"]}
          aria-label={t("filter.remove", { name: node.kind === "rule" ? say(catalog.field(object, node.field)?.label) : t("filter.title") })}
          onClick={() => onRemove(node.id)}
        >
          <X size={12} />
        </button>}
      </span>
    </Fragment>
  ));
}
