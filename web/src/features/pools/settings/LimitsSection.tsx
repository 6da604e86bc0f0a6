import { useSpeech } from "@/messages";
import type { Limits } from "../model";
import styles from "../Pools.module.css";
import { NumberRow, Section, SwitchRow } from "./parts";
import type { SectionProps } from "./SettingsPart";

/** How much a person may take, and under which conditions. */
export function LimitsSection({ pool, draft, set }: SectionProps) {
  const { t } = useSpeech();
  const limits = draft.limits;
  const limit = (change: Partial<Limits>) => set({ limits: { ...limits, ...change } });
  return (
    <Section title={t("pools.set.limits")}>
      <SwitchRow label={t("pools.set.approval")} checked={draft.approval} onChange={(approval) => set({ approval })} />
      <div className={styles["grid"]}>
        <NumberRow label={t("pools.set.perDay")} value={limits.claims_per_day} onChange={(claims_per_day) => limit({ claims_per_day })} />
        <NumberRow label={t("pools.set.perBatch")} value={limits.claims_per_batch} open={false} onChange={(next) => limit({ claims_per_batch: next ?? 50 })} />
        <NumberRow label={t("pools.set.held")} value={limits.held} onChange={(held) => limit({ held })} />
        <NumberRow label={t("pools.set.gap")} value={limits.gap_minutes} onChange={(gap_minutes) => limit({ gap_minutes })} />
        <NumberRow label={t("pools.set.cooling")} value={limits.cooling_hours} onChange={(cooling_hours) => limit({ cooling_hours })} />
        <NumberRow label={t("pools.set.uncontacted")} value={limits.uncontacted} onChange={(uncontacted) => limit({ uncontacted })} />
        <NumberRow label={t("pools.set.protection")} value={draft.protection_days} onChange={(protection_days) => set({ protection_days })} />
        <NumberRow label={t("pools.set.response")} value={draft.response_minutes} onChange={(response_minutes) => set({ response_minutes })} />
        {pool.applies_to === "account" && ["a", "b", "c", "d"].map((level) => <NumberRow key={level} label={`${t("pools.set.held")} · ${level.toUpperCase()}`} value={limits.held_by_level[level] ?? null} onChange={(next) => limit({ held_by_level: Object.fromEntries([...Object.entries(limits.held_by_level).filter(([key]) => key !== level), ...(next === null ? [] : [[level, next] as const])]) })} />)}
      </div>
      <SwitchRow label={t("pools.set.won")} checked={limits.leave_out_won} onChange={(leave_out_won) => limit({ leave_out_won })} />
    </Section>
  );
}
