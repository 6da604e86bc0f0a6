import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { api, ProblemError } from "@/api/client";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { Bone, ErrorState } from "@/ui/State";
import { toast } from "@/ui/toast";
import styles from "../Settings.module.css";
import { NumberField, SwitchField } from "./fields";

interface Policy {
  min_length: number;
  character_kinds: number;
  max_age_days: number | null;
  remembered: number;
  idle_minutes: number;
  absolute_hours: number;
  require_second_factor: boolean;
  alert_new_device: boolean;
}

const NUMBERS = [
  ["min_length", "security.minLength", 8, 64],
  ["character_kinds", "security.kinds", 0, 4],
  ["remembered", "security.remembered", 0, 12],
  ["idle_minutes", "security.idle", 5, 43_200],
  ["absolute_hours", "security.absolute", 1, 8_760],
] as const;

/** What the workspace asks of passwords, sessions and second factors. */
export function PolicySection() {
  const { t } = useSpeech();
  const client = useQueryClient();
  const found = useQuery({ queryKey: ["security", "policy"], queryFn: () => api.get<Policy>("/security/policy") });
  const [draft, setDraft] = useState<Policy | null>(null);
  const [errors, setErrors] = useState<Record<string, string>>({});
  if (found.error) return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  const policy = draft ?? found.data;
  if (!policy) return <Bone width="60%" />;
  const set = (change: Partial<Policy>) => setDraft({ ...policy, ...change });
  const save = async () => {
    try {
      await api.put("/security/policy", policy);
      await client.invalidateQueries({ queryKey: ["security", "policy"] });
      setDraft(null);
      setErrors({});
      toast(t("security.saved"));
    } catch (problem) {
      setErrors(problem instanceof ProblemError ? problem.fields : {});
      complain(problem, t);
    }
  };
  return (
    <section>
      <h2 className={styles["title"]}>{t("security.policy")}</h2>
      {NUMBERS.map(([name, label, min, max]) => <NumberField key={name} label={t(label)} min={min} max={max} value={policy[name]} error={errors[name]} onChange={(next) => set({ [name]: next ?? min })} />)}
      <NumberField label={t("security.maxAge")} help={t("security.maxAgeHelp")} min={1} max={3650} value={policy.max_age_days} error={errors["max_age_days"]} onChange={(next) => set({ max_age_days: next })} />
      <SwitchField label={t("security.second")} help={t("security.secondHelp")} value={policy.require_second_factor} onChange={(next) => set({ require_second_factor: next })} />
      <SwitchField label={t("security.alert")} value={policy.alert_new_device} onChange={(next) => set({ alert_new_device: next })} />
      <Button type="primary" disabled={!draft} onClick={() => void save()}>{t("action.save")}</Button>
    </section>
  );
}
