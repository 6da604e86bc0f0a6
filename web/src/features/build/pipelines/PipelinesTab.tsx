import { Button, Switch } from "antd";
import { Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Pipeline } from "@/api/types";
import { stageChoices } from "@/features/base/stages";
import { useDraft } from "../draft/context";
import type { Designed } from "../model";
import { PickRow } from "@/fields/parts/ConfigRows";
import { useSpeech } from "@/messages";
import { codeFrom } from "@/ui/codes";
import { IconButton } from "@/ui/IconButton";
import { complain } from "@/ui/says";
import { newPipeline } from "./designer";
import { PipelineEditor } from "./PipelineEditor";
import styles from "@/features/base/Pipelines.module.css";
import "@/features/base/pipelineWords";

const NONE = "-none-";

/** The pipelines of an object; every edit goes into the draft. */
export default function PipelinesTab({ type }: { type: Designed }) {
  const { t, say } = useSpeech();
  const { edit } = useDraft();
  const [edited, setEdited] = useState<{ was: string | null; pipeline: Pipeline } | null>(null);
  const pipelines = type.pipelines ?? [];
  const choices = type.fields.filter((field) => field.type === "single_choice" && !field.system).map((field) => ({ value: field.api_name, text: say(field.label) }));
  const set = (change: Record<string, unknown>) => edit({ kind: "update_object", object: type.api_name, set: change });
  const quietly = (change: Record<string, unknown>) => void set(change).catch((error: unknown) => complain(error, t));
  const keys = type.fields.find((field) => field.api_name === type.pipeline_field)?.config.choices ?? [];
  const add = () => {
    const free = keys.find((choice) => pipelines.every((each) => each.key !== choice.key));
    const key = free?.key ?? codeFrom("", pipelines.map((each) => each.key), "pipeline");
    setEdited({ was: null, pipeline: newPipeline(key, free?.label ?? { en: t("pipelines.set.add") }, stageChoices(type)) });
  };
  return (
    <div data-testid="pipelines">
      <p className={styles["hint"]}>{t("pipelines.set.hint")}</p>
      <div className={styles["pair"]}>
        <PickRow label={t("pipelines.set.stageField")} value={type.stage_field ?? null} options={choices} clearable={pipelines.length === 0} onChange={(stage_field) => quietly({ stage_field })} />
        <PickRow label={t("pipelines.set.pipelineField")} help={t("pipelines.set.pipelineFieldHelp")} value={type.pipeline_field ?? NONE} options={[{ value: NONE, text: "—" }, ...choices.filter((choice) => choice.value !== type.stage_field)]} onChange={(name) => quietly({ pipeline_field: name === NONE ? null : name })} />
      </div>
      {pipelines.length === 0 && <p className={styles["hint"]}>{t("pipelines.set.none")}</p>}
      {pipelines.map((pipeline) => (
        <section key={pipeline.key} className={styles["box"]} aria-label={say(pipeline.label)}>
          <div className={styles["boxHead"]}>
            <h4>{say(pipeline.label)}</h4>
            <Switch size="small" aria-label={`${say(pipeline.label)}: ${t("pipelines.set.active")}`} checked={pipeline.active} onChange={(active) => quietly({ pipelines: pipelines.map((each) => (each === pipeline ? { ...each, active } : each)) })} />
            <IconButton label={t("pipelines.set.edit", { name: say(pipeline.label) })} onClick={() => setEdited({ was: pipeline.key, pipeline })}><Pencil size={14} /></IconButton>
            <IconButton label={t("pipelines.set.remove", { name: say(pipeline.label) })} onClick={() => quietly({ pipelines: pipelines.filter((each) => each !== pipeline) })}><Trash2 size={14} /></IconButton>
          </div>
          <p className={styles["hint"]}>{pipeline.stages.map((stage) => say(stageChoices(type).find((choice) => choice.key === stage.key)?.label) || stage.key).join(" → ")}</p>
        </section>
      ))}
      {type.stage_field && <Button icon={<Plus size={14} />} onClick={add}>{t("pipelines.set.add")}</Button>}
      {edited && <PipelineEditor key={edited.pipeline.key} type={type} pipeline={edited.pipeline} onClose={() => setEdited(null)} onSave={async (next) => { await set({ pipelines: edited.was === null ? [...pipelines, next] : pipelines.map((each) => (each.key === edited.was ? next : each)) }); }} />}
    </div>
  );
}
