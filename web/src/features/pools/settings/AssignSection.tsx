import { Button, Input, InputNumber, Segmented } from "antd";
import { Plus, Trash2 } from "lucide-react";
import { PrincipalPicker } from "@/features/base/principals";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { IconButton } from "@/ui/IconButton";
import { businessDay } from "@/ui/format";
import type { AssignRule, PoolSettings } from "../model";
import styles from "../Pools.module.css";
import { FilterRow, NumberRow, Section, SwitchRow } from "./parts";
import type { SectionProps } from "./SettingsPart";
import { usePrincipals } from "./usePrincipals";

interface RuleProps extends Pick<SectionProps, "pool"> {
  rule: AssignRule;
  weighted: boolean;
  onChange: (change: Partial<AssignRule>) => void;
  onRemove: () => void;
}

function Rule({ pool, rule, weighted, onChange, onRemove }: RuleProps) {
  const { t } = useSpeech();
  const people = usePrincipals(rule.people.map((share) => `user:${share.person}`));
  return (
    <div className={styles["rule"]} data-testid="assign-rule">
      <div className={styles["switch"]}>
        <SwitchRow label={t("pools.set.head")} checked={rule.territory_head} onChange={(territory_head) => onChange({ territory_head })} />
        <span className={styles["spring"]} />
        <IconButton label={t("pools.set.removeRule")} onClick={onRemove}><Trash2 size={14} /></IconButton>
      </div>
      <FilterRow object={pool.applies_to} label={t("pools.set.only")} value={rule.where} onChange={(where) => onChange({ where })} />
      <FormRow label={t("pools.set.people2")}>
        {() => (
          <PrincipalPicker
            kinds={["user"]} value={people.list}
            onChange={(next) => {
              people.remember(next);
              onChange({ people: next.map((each) => rule.people.find((share) => share.person === each.id) ?? { person: each.id, weight: 1 }) });
            }}
          />
        )}
      </FormRow>
      {weighted && people.list.map((each, index) => <FormRow key={each.id} label={t("pools.set.weight", { name: each.label })}>{({ id }) => <InputNumber id={id} min={1} max={100} precision={0} value={rule.people[index]?.weight ?? 1} onChange={(weight) => onChange({ people: rule.people.map((share) => (share.person === each.id ? { ...share, weight: weight ?? 1 } : share)) })} />}</FormRow>)}
    </div>
  );
}

/** Who is not there on which days. */
function AwayList({ draft, set }: Pick<SectionProps, "draft" | "set">) {
  const { t } = useSpeech();
  const people = usePrincipals(draft.away.map((each) => `user:${each.person}`));
  const put = (at: number, change: Partial<PoolSettings["away"][number]>) => set({ away: draft.away.map((each, index) => (index === at ? { ...each, ...change } : each)) });
  const today = businessDay();
  return (
    <FormRow label={t("pools.set.away")}>
      {() => (
        <>
          {draft.away.map((each, index) => (
            <div key={`${each.person}-${index}`} className={styles["switch"]}>
              <span className={styles["face"]}>{people.list[index]?.label}</span>
              <Input type="date" aria-label={t("pools.set.from")} value={each.first} onChange={(event) => event.target.value && put(index, { first: event.target.value })} />
              <Input type="date" aria-label={t("pools.set.until")} value={each.last} onChange={(event) => event.target.value && put(index, { last: event.target.value })} />
              <IconButton label={t("pools.set.removeRule")} onClick={() => set({ away: draft.away.filter((_, at) => at !== index) })}><Trash2 size={14} /></IconButton>
            </div>
          ))}
          <PrincipalPicker kinds={["user"]} value={[]} onChange={(next) => { people.remember(next); set({ away: [...draft.away, ...next.map((each) => ({ person: each.id, first: today, last: today }))] }); }} />
        </>
      )}
    </FormRow>
  );
}

/** Who gets what waits, by themselves. */
export function AssignSection({ pool, draft, set }: SectionProps) {
  const { t } = useSpeech();
  const given = draft.assignment;
  const put = (change: Partial<PoolSettings["assignment"]>) => set({ assignment: { ...given, ...change } });
  return (
    <Section title={t("pools.set.assignment")}>
      <SwitchRow label={t("pools.set.on")} checked={given.on} onChange={(on) => put({ on })} />
      {given.on && (
        <>
          <FormRow label={t("pools.set.method")}>{() => <span><Segmented aria-label={t("pools.set.method")} value={given.method} options={(["round_robin", "weighted", "load"] as const).map((value) => ({ value, label: t(`pools.method.${value}`) }))} onChange={(method) => put({ method })} /></span>}</FormRow>
          {given.rules.map((rule, index) => <Rule key={index} pool={pool} rule={rule} weighted={given.method !== "round_robin"} onChange={(change) => put({ rules: given.rules.map((each, at) => (at === index ? { ...each, ...change } : each)) })} onRemove={() => put({ rules: given.rules.filter((_, at) => at !== index) })} />)}
          <Button size="small" icon={<Plus size={14} />} onClick={() => put({ rules: [...given.rules, { where: null, people: [], territory_head: false }] })}>{t("pools.set.addAssign")}</Button>
          <div className={styles["grid"]} style={{ marginTop: 12 }}><NumberRow label={t("pools.set.capacity")} value={given.capacity} onChange={(capacity) => put({ capacity })} /></div>
          <AwayList draft={draft} set={set} />
        </>
      )}
      <SwitchRow label={t("pools.set.hours")} checked={draft.hours !== null} onChange={(on) => set({ hours: on ? { days: [0, 1, 2, 3, 4], start: "09:00", end: "18:00" } : null })} />
      {draft.hours && (
        <div className={styles["grid"]}>
          <FormRow label={t("pools.set.from")}>{({ id }) => <Input id={id} type="time" value={draft.hours?.start} onChange={(event) => event.target.value && draft.hours && set({ hours: { ...draft.hours, start: event.target.value } })} />}</FormRow>
          <FormRow label={t("pools.set.until")}>{({ id }) => <Input id={id} type="time" value={draft.hours?.end} onChange={(event) => event.target.value && draft.hours && set({ hours: { ...draft.hours, end: event.target.value } })} />}</FormRow>
        </div>
      )}
    </Section>
  );
}
