import { X } from "lucide-react";
import { useCatalog } from "@/api/catalog";
import type { Field, Operator } from "@/api/types";
import { Choose } from "@/fields/parts/Choose";
import { fieldUi } from "@/fields/registry";
import { TextFilter } from "@/fields/parts/TextInput";
import { useSpeech } from "@/messages";
import { IconButton } from "@/ui/IconButton";
import { useFieldOptions } from "../fieldOptions";
import styles from "./filters.module.css";
import { reshape, type Rule } from "./model";

interface Props {
  object: string;
  rule: Rule;
  own?: boolean;
  onChange: (rule: Rule) => void;
  onRemove: () => void;
}

function ValueEditor({ field, operator, value, onChange }: { field: Field; operator: Operator; value: unknown; onChange: (value: unknown) => void }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  if (operator.arity === "none") return null;
  if (operator.input === "period") {
    const options = catalog.data.periods.map((period) => ({ value: period.key, text: say(period.label) }));
    return <Choose label={t("filter.value")} value={(value as string | null) ?? null} options={options} onPick={onChange} clearable={false} />;
  }
  const many = operator.arity === "many";
  if (operator.input === "text") return <TextFilter field={field} many={many} label={t("filter.value")} value={value} onChange={onChange} />;
  const { Filter } = fieldUi(field);
  if (operator.arity !== "two") return <Filter field={field} many={many} label={t("filter.value")} value={value} onChange={onChange} />;
  const [from, to] = Array.isArray(value) ? (value as unknown[]) : [null, null];
  return (
    <span className={styles["pair"]}>
      <Filter field={field} many={false} label={t("filter.value")} value={from} onChange={(next) => onChange([next, to])} />
      <Filter field={field} many={false} label={t("filter.valueTo")} value={to} onChange={(next) => onChange([from, next])} />
    </span>
  );
}

/** One condition: field, operator of that field, value by its type. */
export function RuleRow({ object, rule, own = false, onChange, onRemove }: Props) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const options = useFieldOptions(object, undefined, !own);
  const field = catalog.field(object, rule.field);
  const operator = catalog.operator(rule.op);
  const operators = (field?.operators ?? []).flatMap((key) => {
    const known = catalog.operator(key);
    return known ? [{ value: key, text: say(known.label) }] : [];
  });

  const pickField = (path: string) => {
    const next = catalog.field(object, path);
    const op = next?.operators.includes(rule.op) && next.type === field?.type ? rule.op : (next?.operators[0] ?? "eq");
    onChange({ ...rule, field: path, op, value: next?.type === field?.type ? rule.value : null });
  };
  const pickOperator = (op: string) => {
    const to = catalog.operator(op);
    if (to) onChange({ ...rule, op, value: reshape(rule.value, operator, to) });
  };

  return (
    <div className={styles["rule"]} role="group" aria-label={say(field?.label)}>
      <Choose label={t("filter.field")} value={rule.field || null} options={options} clearable={false} onPick={(path) => pickField(String(path))} />
      <Choose label={t("filter.operator")} value={rule.op || null} options={operators} clearable={false} onPick={(op) => pickOperator(String(op))} />
      <div className={styles["value"]}>
        {field && operator && <ValueEditor field={field} operator={operator} value={rule.value} onChange={(value) => onChange({ ...rule, value })} />}
      </div>
      <IconButton label={t("filter.remove", { name: say(field?.label) })} onClick={onRemove}><X size={14} /></IconButton>
    </div>
  );
}
