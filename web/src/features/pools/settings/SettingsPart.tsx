import { useQueryClient } from "@tanstack/react-query";
import { Button, Input, Modal } from "antd";
import { useState } from "react";
import { api, ProblemError } from "@/api/client";
import { usePower } from "@/api/session";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import type { Named, Pool, PoolSettings } from "../model";
import styles from "../Pools.module.css";
import { AssignSection } from "./AssignSection";
import { LimitsSection } from "./LimitsSection";
import { FilterRow, Section, SwitchRow } from "./parts";
import { PeopleSection } from "./PeopleSection";
import { RecycleSection } from "./RecycleSection";

export interface SectionProps {
  pool: Pool;
  draft: PoolSettings;
  set: (change: Partial<PoolSettings>) => void;
}
type Losing = { owner: Named; held: number; going: number }[];

/** Saves the settings as a whole; where somebody would lose everything, first shows who. */
function useSave(pool: Pool) {
  const { t } = useSpeech();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [losing, setLosing] = useState<Losing | null>(null);
  const save = async (settings: PoolSettings, basic: object, confirm: boolean) => {
    setBusy(true);
    try {
      await api.put(`/pools/${pool.id}`, { version: pool.version ?? 0, settings, confirm, ...basic });
      setLosing(null);
      await client.invalidateQueries({ queryKey: ["pools"] });
      toast(t("pools.set.saved"));
    } catch (error) {
      if (error instanceof ProblemError && error.code === "recycle_would_empty") setLosing(error.owners ?? []);
      else complain(error, t);
    } finally {
      setBusy(false);
    }
  };
  return { busy, losing, save, back: () => setLosing(null) };
}

/** What the pool does, in the words of those who run it. */
export default function SettingsPart({ pool }: { pool: Pool }) {
  const { t } = useSpeech();
  const configures = usePower("configure");
  const [draft, setDraft] = useState<PoolSettings | undefined>(pool.settings);
  const [name, setName] = useState(pool.name);
  const [active, setActive] = useState(pool.active);
  const { busy, losing, save, back } = useSave(pool);
  if (!draft) return null;
  const set = (change: Partial<PoolSettings>) => setDraft((old) => old && { ...old, ...change });
  const basic = { ...(name.trim() && name !== pool.name ? { name: name.trim() } : {}), ...(active !== pool.active ? { active } : {}) };
  const props = { pool, draft, set };
  return (
    <form data-testid="pool-settings" onSubmit={(event) => { event.preventDefault(); void save(draft, basic, false); }}>
      {configures && (
        <Section title={t("pools.name")}>
          <FormRow label={t("pools.name")}>{({ id }) => <Input id={id} maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />}</FormRow>
          <SwitchRow label={t("pools.set.active")} checked={active} onChange={setActive} />
        </Section>
      )}
      <PeopleSection {...props} />
      <LimitsSection {...props} />
      <RecycleSection {...props} />
      <AssignSection {...props} />
      <Section title={t("pools.set.intake")}>
        <SwitchRow label={t("pools.set.intakeOn")} checked={draft.intake} onChange={(intake) => set({ intake })} />
        {draft.intake && <FilterRow object={pool.applies_to} label={t("pools.set.only")} value={draft.intake_where} onChange={(intake_where) => set({ intake_where })} />}
      </Section>
      <div className={styles["foot"]}><Button type="primary" htmlType="submit" loading={busy}>{t("action.save")}</Button></div>
      <Modal open={losing !== null} title={t("pools.set.confirmTitle")} okText={t("pools.set.confirm")} cancelText={t("action.cancel")} okButtonProps={{ danger: true }} confirmLoading={busy} onCancel={back} onOk={() => void save(draft, basic, true)}>
        <p>{t("pools.set.confirmHint")}</p>
        <ul data-testid="losing">{losing?.map((each) => <li key={each.owner.id}>{t("pools.set.confirmLine", { name: each.owner.label ?? "", n: each.going, of: each.held })}</li>)}</ul>
      </Modal>
    </form>
  );
}
