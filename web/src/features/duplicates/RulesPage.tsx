import { Button, InputNumber, Switch } from "antd";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { Bone, ErrorState } from "@/ui/State";
import { Tag } from "@/ui/Tag";
import styles from "./Duplicates.module.css";
import { RulePanel } from "./RulePanel";
import { useRules, useSaveRules, type ObjectRules, type Rule } from "./rules";
import "./words";

const TONES = { block: "red", warn: "amber", merge: "blue" } as const;

function RuleRow({ object, rule, onActive, onOpen }: { object: string; rule: Rule; onActive: (active: boolean) => void; onOpen: () => void }) {
  const { t, say } = useSpeech();
  const catalog = useCatalog();
  const label = (type: string, field: string) => say(catalog.field(type, field)?.label) || field;
  const parts = rule.parts.map((part) => `${t(`dup.way.${part.way}`)}: ${label(object, part.field)}${rule.against === object && part.field === part.other ? "" : ` ↔ ${say(catalog.object(rule.against)?.label)} ${label(rule.against, part.other)}`}`);
  return (
    <li className={styles["row"]}>
      <Switch size="small" checked={rule.active} aria-label={t("dup.ruleActive")} onChange={onActive} />
      <div className={styles["face"]}><button type="button" className={styles["name"]} onClick={onOpen}>{say(rule.label)}</button><div className={styles["meta"]}>{parts.join(" + ")}</div></div>
      <Tag color={TONES[rule.action]}>{t(`dup.action.${rule.action}`)}</Tag>
    </li>
  );
}

function RulesOf({ of }: { of: ObjectRules }) {
  const { t } = useSpeech();
  const { save, reset } = useSaveRules();
  const [open, setOpen] = useState<number | "new" | null>(null);
  const free = () => ["rule", ...Array.from({ length: 99 }, (_, index) => `rule_${index + 2}`)].find((key) => !of.rules.some((rule) => rule.key === key)) ?? "rule";
  const fresh = (): Rule => ({ key: free(), label: {}, against: of.object, active: true, action: "warn", parts: [{ way: "exact", field: "", other: "" }], exempt: [] });
  const put = (index: number, rule: Rule | null) => save(of, of.rules.flatMap((each, place) => (place === index ? (rule ? [rule] : []) : [each])));
  const rule = typeof open === "number" ? of.rules[open] : undefined;
  return (
    <>
      <div className={styles["bar"]}>
        <span className={styles["meta"]}>{t(of.version ? "dup.rulesOwn" : of.rules.length ? "dup.rulesDefault" : "dup.rulesNone")}{of.building && ` · ${t("dup.building", of.building)}`}</span>
        <span className={styles["gap"]} />
        {of.version > 0 && <Button size="small" type="text" onClick={() => void reset(of)}>{t("dup.rulesReset")}</Button>}
        <Button size="small" icon={<Plus size={13} />} onClick={() => setOpen("new")}>{t("dup.ruleAdd")}</Button>
      </div>
      <ul data-testid="duplicate-rules">{of.rules.map((each, index) => <RuleRow key={each.key} object={of.object} rule={each} onActive={(active) => void put(index, { ...each, active })} onOpen={() => setOpen(index)} />)}</ul>
      {open === "new" && <RulePanel object={of.object} rule={fresh()} onSave={(made) => save(of, [...of.rules, made])} onClose={() => setOpen(null)} />}
      {rule && typeof open === "number" && <RulePanel key={rule.key} object={of.object} rule={rule} onSave={(made) => put(open, made)} onRemove={() => put(open, null)} onClose={() => setOpen(null)} />}
    </>
  );
}

/** Which records count as the same, and what follows. */
export function RulesPage() {
  const { t, say } = useSpeech();
  const catalog = useCatalog();
  const rules = useRules();
  const { limit } = useSaveRules();
  const [object, setObject] = useState("account");
  const of = rules.data?.objects.find((each) => each.object === object) ?? rules.data?.objects[0];
  return (
    <div data-testid="duplicate-settings">
      <header className={styles["head"]}><div><h1 className={styles["title"]}>{t("dup.rulesTitle")}</h1><p className={styles["hint"]}>{t("dup.rulesHint")}</p></div></header>
      {rules.isError && <ErrorState error={rules.error} onRetry={() => void rules.refetch()} />}
      {rules.isPending && <Bone width="60%" />}
      {of && (
        <>
          <div className={styles["bar"]}><div><Choose label={t("dup.object")} clearable={false} value={of.object} options={(rules.data?.objects ?? []).map((each) => ({ value: each.object, text: say(catalog.object(each.object)?.label) || each.object }))} onPick={(next) => setObject(next as string)} /></div></div>
          <RulesOf of={of} />
        </>
      )}
      {rules.data && <div className={styles["section"]}><label className={styles["actions"]}>{t("dup.limit")}<InputNumber min={1} max={10_000} defaultValue={rules.data.per_day} onBlur={(event) => { const n = Number(event.target.value); if (n >= 1 && n !== rules.data.per_day) void limit(n); }} /></label></div>}
    </div>
  );
}
