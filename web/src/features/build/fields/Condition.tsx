import { Button } from "antd";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { Filter } from "@/api/types";
import { FilterBuilder } from "@/features/base/filters/FilterBuilder";
import { fromFilter, newRule, toFilter, type Group } from "@/features/base/filters/model";
import { useSpeech } from "@/messages";
import styles from "../Build.module.css";

interface Props {
  label: string;
  object: string;
  value: Filter | null;
  onChange: (filter: Filter | null) => void;
  error?: string | undefined;
}

/** A condition over the record's own fields; none at all until one is asked for. */
export function ConditionRow({ label, object, value, onChange, error }: Props) {
  const catalog = useCatalog();
  const { t } = useSpeech();
  const [group, setGroup] = useState<Group | null>(value ? fromFilter(value) : null);
  const set = (next: Group | null) => {
    setGroup(next && next.nodes.length ? next : null);
    onChange(next ? toFilter(next, catalog.data.operators) : null);
  };
  const start = () => {
    const field = catalog.object(object)?.fields.find((each) => !each.system && each.operators.length > 0);
    if (field) set({ ...fromFilter(null), nodes: [newRule(field.api_name, field.operators[0] ?? "eq")] });
  };
  return (
    <fieldset className={styles["condition"]}>
      <legend>{label}</legend>
      {group ? <FilterBuilder own object={object} group={group} onChange={set} /> : <Button size="small" aria-label={t("condition.addTo", { label })} onClick={start}>{t("condition.add")}</Button>}
      {error && <span role="alert" className={styles["lost"]}>{error}</span>}
    </fieldset>
  );
}
