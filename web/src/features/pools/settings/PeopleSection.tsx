import { useFieldOptions } from "@/features/base/fieldOptions";
import { principalKey, PrincipalPicker, type Principal } from "@/features/base/principals";
import { usePower } from "@/api/session";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Section, SwitchRow } from "./parts";
import { usePrincipals } from "./usePrincipals";
import type { SectionProps } from "./SettingsPart";

const KINDS = ["user", "department", "group"] as const;
const EVERYONE = "everyone";

/** Who manages the pool, who belongs to it, and what they do not see before a claim. */
export function PeopleSection({ pool, draft, set }: SectionProps) {
  const { t } = useSpeech();
  const configures = usePower("configure");
  const fields = useFieldOptions(pool.applies_to, undefined, false);
  const all = draft.members.includes(EVERYONE);
  const members = usePrincipals(draft.members.filter((key) => key !== EVERYONE));
  const managers = usePrincipals(draft.managers);
  const keys = (list: Principal[]) => list.map(principalKey);
  return (
    <Section title={t("pools.set.people")}>
      {configures && <FormRow label={t("pools.set.managers")} help={t("pools.set.managersHint")}>{() => <PrincipalPicker kinds={KINDS} value={managers.list} onChange={(next) => { managers.remember(next); set({ managers: keys(next) }); }} />}</FormRow>}
      <SwitchRow label={t("pools.set.everyone")} checked={all} onChange={(on) => set({ members: on ? [EVERYONE] : [] })} />
      {!all && <FormRow label={t("pools.set.members")} help={t("pools.set.membersHint")}>{() => <PrincipalPicker kinds={KINDS} value={members.list} onChange={(next) => { members.remember(next); set({ members: keys(next) }); }} />}</FormRow>}
      <FormRow label={t("pools.set.hidden")}>{({ id }) => <Choose id={id} many label={t("pools.set.hidden")} value={draft.hidden} options={fields} onPick={(next) => set({ hidden: (next as string[] | null) ?? [] })} />}</FormRow>
    </Section>
  );
}
