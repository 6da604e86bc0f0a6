import { closestCenter, DndContext } from "@dnd-kit/core";
import { SortableContext, useSortable, verticalListSortingStrategy } from "@dnd-kit/sortable";
import { CSS } from "@dnd-kit/utilities";
import { Pencil, Trash2 } from "lucide-react";
import type { ObjectType, Stage } from "@/api/types";
import { stageChoices } from "@/features/base/stages";
import { moved } from "../model";
import { Handle } from "../sortable/Handle";
import { useSpeech } from "@/messages";
import { landed, useHandles } from "@/ui/drag";
import { IconButton } from "@/ui/IconButton";
import { Dot } from "@/ui/Tag";
import styles from "@/features/base/Pipelines.module.css";

interface Props {
  type: ObjectType;
  stages: Stage[];
  onChange: (stages: Stage[]) => void;
  onEdit: (stage: Stage) => void;
}

function Row({ type, stage, onMove, onEdit, onRemove }: { type: ObjectType; stage: Stage; onMove: (by: number) => void; onEdit: () => void; onRemove: () => void }) {
  const { t, say } = useSpeech();
  const { attributes: _attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition } = useSortable({ id: stage.key });
  const choice = stageChoices(type).find((each) => each.key === stage.key);
  const name = say(choice?.label) || stage.key;
  return (
    <li ref={setNodeRef} style={{ transform: CSS.Translate.toString(transform), transition }} className={styles["stageRow"]} data-testid={`stage-${stage.key}`}>
      <Handle name={name} drag={listeners} setRef={setActivatorNodeRef} onMove={onMove} />
      <span className={styles["stageText"]}><span><Dot color={choice?.color ?? null} /> {name}</span><small>{t("pipelines.set.summary", { odds: stage.probability === null ? "—" : `${Number(stage.probability)}%`, days: stage.rot_days ?? "—", n: stage.required.length })}</small></span>
      <span>
        <IconButton label={t("pipelines.set.editStage", { name })} onClick={onEdit}><Pencil size={14} /></IconButton>
        <IconButton label={t("pipelines.set.removeStage", { name })} onClick={onRemove}><Trash2 size={14} /></IconButton>
      </span>
    </li>
  );
}

/** Stages in their order: dragged, or moved with the arrows. */
export function StageRows({ type, stages, onChange, onEdit }: Props) {
  const { t } = useSpeech();
  const sensors = useHandles();
  const keys = stages.map((stage) => stage.key);
  const move = (from: number, to: number) => from !== to && to >= 0 && to < stages.length && onChange(moved(stages, from, to));
  return (
    <DndContext sensors={sensors} collisionDetection={closestCenter} onDragEnd={(event) => move(keys.indexOf(String(event.active.id)), keys.indexOf(landed(event)?.id ?? ""))}>
      <SortableContext items={keys} strategy={verticalListSortingStrategy}>
        <ul className={styles["stages"]} aria-label={t("pipelines.set.stages")}>
          {stages.map((stage, index) => <Row key={stage.key} type={type} stage={stage} onMove={(by) => move(index, index + by)} onEdit={() => onEdit(stage)} onRemove={() => onChange(stages.filter((each) => each !== stage).map((each) => ({ ...each, next: each.next.filter((key) => key !== stage.key) })))} />)}
        </ul>
      </SortableContext>
    </DndContext>
  );
}
