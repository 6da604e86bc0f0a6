import { Button, Input } from "antd";
import { Plus, Trash2 } from "lucide-react";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { IconButton } from "@/ui/IconButton";
import { DEFAULT_RESETS, newRule, RESETS, RULE_KINDS, type RecycleRule, type Reset, type RuleKind } from "../model";
import styles from "../Pools.module.css";
import { usePools } from "../usePools";
import { FilterRow, NumberRow, Section, SwitchRow } from "./parts";
import type { SectionProps } from "./SettingsPart";

interface RuleProps extends Pick<SectionProps, "pool"> {
  rule: RecycleRule;
  onChange: (change: Partial<RecycleRule>) => void;
  onRemove: () => void;
}

function Rule({ pool, rule, onChange, onRemove }: RuleProps) {
  const { t } = useSpeech();
  const others = (usePools().data ?? []).filter((each) => each.applies_to === pool.applies_to && each.id !== pool.id);
  return (
    <div className={styles["rule"]} data-testid="recycle-rule">
      <div className={styles["switch"]}>
        <SwitchRow label={t(`pools.rule.${rule.kind}`)} checked={rule.enabled} onChange={(enabled) => onChange({ enabled })} />
        <span className={styles["spring"]} />
        <IconButton label={t("pools.set.removeRule")} onClick={onRemove}><Trash2 size={14} /></IconButton>
      </div>
      <div className={styles["grid"]}>
        <FormRow label={t("pools.set.kind")}>{({ id }) => <Choose id={id} label={t("pools.set.kind")} clearable={false} value={rule.kind} options={RULE_KINDS.map((kind) => ({ value: kind, text: t(`pools.rule.${kind}`) }))} onPick={(kind) => onChange({ kind: kind as RuleKind, resets: null })} />}</FormRow>
        <NumberRow label={t("pools.set.days")} value={rule.days} min={0} open={false} onChange={(days) => onChange({ days: days ?? 0 })} />
        <NumberRow label={t("pools.set.warn")} value={rule.warn_days} min={0} open={false} onChange={(next) => onChange({ warn_days: next ?? 0 })} />
        <FormRow label={t("pools.set.at")}>{({ id }) => <Input id={id} type="time" value={rule.at} onChange={(event) => event.target.value && onChange({ at: event.target.value })} />}</FormRow>
        <FormRow label={t("pools.set.target")}>{({ id }) => <Choose id={id} label={t("pools.set.target")} placeholder={t("pools.set.here")} value={rule.target} options={others.map((each) => ({ value: each.id, text: each.name }))} onPick={(target) => onChange({ target: target as string | null })} />}</FormRow>
        <FormRow label={t("pools.set.resets")}>{({ id }) => <Choose id={id} many label={t("pools.set.resets")} value={rule.resets ?? DEFAULT_RESETS[rule.kind]} options={RESETS.map((reset) => ({ value: reset, text: t(`pools.reset.${reset}`) }))} onPick={(next) => onChange({ resets: ((next as Reset[] | null) ?? []) })} />}</FormRow>
      </div>
      <FilterRow object={pool.applies_to} label={t("pools.set.only")} value={rule.where} onChange={(where) => onChange({ where })} />
    </div>
  );
}

/** When records go back, and how their owners get more time. */
export function RecycleSection({ pool, draft, set }: SectionProps) {
  const { t } = useSpeech();
  const put = (key: string, change: Partial<RecycleRule>) => set({ recycle: draft.recycle.map((rule) => (rule.key === key ? { ...rule, ...change } : rule)) });
  return (
    <Section title={t("pools.set.recycle")}>
      {draft.recycle.map((rule) => <Rule key={rule.key} pool={pool} rule={rule} onChange={(change) => put(rule.key, change)} onRemove={() => set({ recycle: draft.recycle.filter((each) => each.key !== rule.key) })} />)}
      <Button size="small" icon={<Plus size={14} />} onClick={() => set({ recycle: [...draft.recycle, newRule(draft.recycle.map((rule) => rule.key))] })}>{t("pools.set.addRule")}</Button>
      <div className={styles["grid"]} style={{ marginTop: 12 }}>
        <NumberRow label={t("pools.set.extension")} value={draft.extension_days} open={false} onChange={(next) => set({ extension_days: next ?? 7 })} />
        <NumberRow label={t("pools.set.extensions")} value={draft.most_extensions} min={0} open={false} onChange={(next) => set({ most_extensions: next ?? 0 })} />
      </div>
      <SwitchRow label={t("pools.set.leavers")} checked={draft.take_from_leavers} onChange={(take_from_leavers) => set({ take_from_leavers })} />
    </Section>
  );
}
