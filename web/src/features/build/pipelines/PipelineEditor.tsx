import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { api } from "@/api/client";
import type { Localized, ObjectType, Pipeline, Stage } from "@/api/types";
import { stageChoices } from "@/features/base/stages";
import { kept } from "../model";
import { LocalizedRows, PickRow, SwitchRow } from "@/fields/parts/ConfigRows";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import styles from "@/features/base/Pipelines.module.css";
import { newStage } from "./designer";
import { StageEditor } from "./StageEditor";
import { StageRows } from "./StageRows";

interface Props {
  type: ObjectType;
  pipeline: Pipeline;
  onClose: () => void;
  onSave: (pipeline: Pipeline) => Promise<void>;
}
const WHO = ["nobody", "owner", "manager", "roles", "anyone"] as const;
const ANY = "-any-";

function Reopening({ type, value, onChange }: { type: ObjectType; value: Pipeline; onChange: (reopen: Pipeline["reopen"]) => void }) {
  const { t, say } = useSpeech();
  const { reopen } = value;
  const roles = useQuery({ queryKey: ["access", "roles"], queryFn: () => api.get<{ roles: { key: string; label: Localized }[] }>("/roles"), select: (found) => found.roles, retry: false, enabled: reopen.who === "roles" });
  const open = stageChoices(type).filter((choice) => (choice.category ?? "open") === "open" && value.stages.some((stage) => stage.key === choice.key));
  return (
    <div className={styles["pair"]}>
      <PickRow label={t("pipelines.set.reopen")} value={reopen.who} options={WHO.map((who) => ({ value: who, text: t(`pipelines.set.reopen.${who}`) }))} onChange={(who) => onChange({ ...reopen, who: who as typeof reopen.who })} />
      {reopen.who !== "nobody" && <PickRow label={t("pipelines.set.into")} value={reopen.into ?? ANY} options={[{ value: ANY, text: t("pipelines.set.anyStage") }, ...open.map((choice) => ({ value: choice.key, text: say(choice.label) }))]} onChange={(into) => onChange({ ...reopen, into: into === ANY ? null : into })} />}
      {reopen.who === "roles" && <FormRow label={t("pipelines.set.roles")}>{({ id, describedBy }) => <Choose id={id} describedBy={describedBy} many value={reopen.roles} options={(roles.data ?? []).map((role) => ({ value: role.key, text: say(role.label) }))} onPick={(next) => onChange({ ...reopen, roles: Array.isArray(next) ? next : [] })} />}</FormRow>}
    </div>
  );
}

/** One pipeline: what it is called, its stages in order, and what holds for all of them. */
export function PipelineEditor({ type, pipeline, onClose, onSave }: Props) {
  const { t, say } = useSpeech();
  const [draft, setDraft] = useState(pipeline);
  const [stage, setStage] = useState<Stage | null>(null);
  const [busy, setBusy] = useState(false);
  const set = (change: Partial<Pipeline>) => setDraft((old) => ({ ...old, ...change }));
  const keys = type.fields.find((field) => field.api_name === type.pipeline_field)?.config.choices ?? [];
  const left = stageChoices(type).filter((choice) => !choice.archived && draft.stages.every((each) => each.key !== choice.key));
  const save = async () => {
    setBusy(true);
    try {
      await onSave({ ...draft, label: kept(draft.label) ?? { en: draft.key } });
      onClose();
    } catch (error) {
      complain(error, t);
      setBusy(false);
    }
  };
  if (stage) return <StageEditor type={type} pipeline={draft} stage={stage} onClose={() => setStage(null)} onSave={(next) => { set({ stages: draft.stages.map((each) => (each.key === next.key ? next : each)) }); setStage(null); }} />;
  return (
    <Panel wide title={t("pipelines.set.edit", { name: say(draft.label) })} onClose={onClose} footer={<><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="primary" loading={busy} onClick={() => void save()}>{t("action.save")}</Button></>}>
      <div className={styles["pair"]}><LocalizedRows zh={t("pipelines.set.nameZh")} en={t("pipelines.set.nameEn")} value={draft.label} onChange={(label) => set({ label: label ?? {} })} /></div>
      {keys.length > 0 && <PickRow label={t("pipelines.set.key")} value={draft.key} options={keys.map((choice) => ({ value: choice.key, text: say(choice.label) }))} onChange={(key) => key && set({ key })} />}
      <FormRow label={t("pipelines.set.stages")}>
        {() => (
          <div>
            <StageRows type={type} stages={draft.stages} onChange={(stages) => set({ stages })} onEdit={setStage} />
            {left.length > 0 && <Choose label={t("pipelines.set.addStage")} placeholder={t("pipelines.set.addStage")} value={null} options={left.map((choice) => ({ value: choice.key, text: say(choice.label) }))} onPick={(key) => typeof key === "string" && set({ stages: [...draft.stages, newStage(key)] })} />}
          </div>
        )}
      </FormRow>
      <SwitchRow label={t("pipelines.set.active")} value={draft.active} onChange={(active) => set({ active })} />
      <SwitchRow label={t("pipelines.set.skipping")} value={draft.skipping} onChange={(skipping) => set({ skipping })} />
      <Reopening type={type} value={draft} onChange={(reopen) => set({ reopen })} />
    </Panel>
  );
}
