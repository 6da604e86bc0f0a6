import { InputNumber, Switch } from "antd";
import { useId, useState, type ReactNode } from "react";
import { useCatalog } from "@/api/catalog";
import type { Filter } from "@/api/types";
import { FilterBuilder } from "@/features/base/filters/FilterBuilder";
import { fromFilter, toFilter } from "@/features/base/filters/model";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import styles from "../Pools.module.css";

export function Section({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return (
    <section className={styles["section"]}>
      <h2>{title}</h2>
      {hint && <p className={styles["hint"]}>{hint}</p>}
      {children}
    </section>
  );
}

interface NumberProps {
  label: string;
  value: number | null;
  min?: number;
  /** Left empty it means that nothing is limited. */
  open?: boolean;
  onChange: (next: number | null) => void;
}

export function NumberRow({ label, value, min = 1, open = true, onChange }: NumberProps) {
  const { t } = useSpeech();
  return (
    <FormRow label={label}>
      {({ id }) => <InputNumber id={id} min={min} precision={0} style={{ width: "100%" }} value={value} placeholder={open ? t("pools.set.noLimit") : ""} onChange={(next) => (next === null && !open ? undefined : onChange(next))} />}
    </FormRow>
  );
}

export function SwitchRow({ label, checked, onChange }: { label: string; checked: boolean; onChange: (next: boolean) => void }) {
  const id = useId();
  return <div className={styles["switch"]}><Switch id={id} checked={checked} onChange={onChange} /><label htmlFor={id}>{label}</label></div>;
}

/** Conditions as they are edited; what is complete goes up. */
export function FilterRow({ object, label, value, onChange }: { object: string; label: string; value: Filter | null; onChange: (next: Filter | null) => void }) {
  const catalog = useCatalog();
  const [group, setGroup] = useState(() => fromFilter(value));
  return (
    <FormRow label={label}>
      {() => <FilterBuilder object={object} own group={group} onChange={(next) => { setGroup(next); onChange(toFilter(next, catalog.data.operators)); }} />}
    </FormRow>
  );
}
