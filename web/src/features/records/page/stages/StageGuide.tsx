import { Checkbox } from "antd";
import { Clock, ListChecks } from "lucide-react";
import { useCatalog } from "@/api/catalog";
import type { ObjectType, RecordData, Stage } from "@/api/types";
import { judge } from "@/features/base/filters/evaluate";
import { pipelineOf, stageChoices, stageOf } from "@/features/base/stages";
import { needsOf } from "../../board/needs";
import { useScopeOf } from "../../form/useScope";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import styles from "@/features/base/Pipelines.module.css";
import { useTick, type Standing } from "./useStanding";
import "@/features/base/pipelineWords";

interface Props {
  type: ObjectType;
  record: RecordData;
  standing: Standing | undefined;
}

const DAY_MS = 864e5;

function Since({ standing, stage }: { standing: Standing; stage: Stage }) {
  const { t } = useSpeech();
  if (!standing.entered_at) return null;
  const days = Math.floor((Date.now() - Date.parse(standing.entered_at)) / DAY_MS);
  return (
    <p className={cx(styles["since"], standing.rotten && styles["rotten"])} data-testid="stage-since">
      <Clock size={13} aria-hidden />{t(standing.rotten ? "pipelines.rotten" : "pipelines.since", { n: days, most: stage.rot_days ?? 0 })}
    </p>
  );
}

/** What the next stage lacks: fields, conditions that this client can judge, and what must be ticked off. */
function Missing({ type, record, standing, stage }: { type: ObjectType; record: RecordData; standing: Standing; stage: Stage }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const scopeOf = useScopeOf(type);
  const pipeline = pipelineOf(type, record);
  const open = (key: string) => (stageChoices(type).find((choice) => choice.key === key)?.category ?? "open") !== "lost";
  const later = pipeline?.stages.slice(pipeline.stages.indexOf(stage) + 1).find((each) => open(each.key) && standing.allowed.some((move) => move.key === each.key));
  if (!later || !type.stage_field) return null;
  const name = say(stageChoices(type).find((choice) => choice.key === later.key)?.label);
  const scope = scopeOf({ ...record, [type.stage_field]: later.key });
  const fields = needsOf(type, scope).map((field) => say(catalog.field(type.api_name, field.api_name)?.label));
  const ticked = new Set(standing.checks.filter((check) => check.stage === stage.key && check.pipeline === standing.pipeline).map((check) => check.item));
  const items = stage.checklist.filter((item) => item.required && !ticked.has(item.key)).map((item) => say(item.label));
  const conditions = [
    ...(stage.exit && judge(stage.exit, scopeOf(record)) === false ? [t("pipelines.exitUnmet")] : []),
    ...(later.entry && judge(later.entry, scope) === false ? [t("pipelines.entryUnmet", { name })] : []),
  ];
  const all = [...fields, ...items, ...conditions];
  return <p className={styles["next"]} data-testid="stage-next">{all.length ? t("pipelines.lacks", { name, list: all.join(t("pipelines.and")) }) : t("pipelines.ready", { name })}</p>;
}

/** Guidance for where a record stands: how long, what to do, and what the next stage asks. */
export function StageGuide({ type, record, standing }: Props) {
  const { t, say } = useSpeech();
  const tick = useTick(type.api_name, record.id);
  const stage = stageOf(type, record);
  if (!stage || !standing) return null;
  const done = (item: string) => standing.checks.some((check) => check.item === item && check.stage === stage.key && check.pipeline === standing.pipeline);
  const guidance = say(stage.guidance);
  if (!guidance && stage.checklist.length === 0 && !stage.rot_days) return null;
  return (
    <section className={styles["guide"]} aria-label={t("pipelines.guide")} data-testid="stage-guide">
      <Since standing={standing} stage={stage} />
      {guidance && <p className={styles["guidance"]}>{guidance}</p>}
      {stage.checklist.length > 0 && (
        <ul className={styles["checks"]} aria-label={t("pipelines.checklist")}>
          {stage.checklist.map((item) => (
            <li key={item.key}>
              <Checkbox checked={done(item.key)} disabled={!type.permissions.update} onChange={(event) => void tick(stage.key, item.key, event.target.checked)}>
                {say(item.label)}{item.required && <small className={styles["must"]}><ListChecks size={11} aria-hidden /> {t("pipelines.must")}</small>}
              </Checkbox>
            </li>
          ))}
        </ul>
      )}
      <Missing type={type} record={record} standing={standing} stage={stage} />
    </section>
  );
}
