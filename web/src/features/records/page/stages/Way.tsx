import { useState } from "react";
import type { Choice, Field, ObjectType, RecordData } from "@/api/types";
import { ConvertPanel } from "./ConvertPanel";
import { Converted } from "./Converted";
import { MovePanel } from "./MovePanel";
import { StageGuide } from "./StageGuide";
import { useStanding } from "./useStanding";
import { Button } from "antd";
import { useSpeech } from "@/messages";
import styles from "@/features/base/Pipelines.module.css";
import "@/features/base/pipelineWords";

interface Props {
  type: ObjectType;
  record: RecordData;
  field: Field;
  /** A move that needs something said first. */
  moving: Choice | null;
  onMoved: () => void;
}

/** What stands under the path of a record: its stage's guidance; of a lead what it may become, or became. */
export default function Way({ type, record, field, moving, onMoved }: Props) {
  const { t } = useSpeech();
  const [converting, setConverting] = useState(false);
  const standing = useStanding(type.api_name, record, Boolean(type.pipelines?.length));
  const category = field.config.choices?.find((choice) => choice.key === record[field.api_name])?.category ?? "open";
  const isLead = type.api_name === "lead" && field.config.choices?.some((choice) => choice.managed);
  return (
    <>
      <StageGuide type={type} record={record} standing={standing.data} />
      {isLead && category === "open" && type.permissions.update && <div className={styles["convert"]}><Button type="primary" data-testid="convert" onClick={() => setConverting(true)}>{t("pipelines.convert")}</Button></div>}
      {isLead && category === "won" && <Converted record={record} mayUndo={type.permissions.update} />}
      {converting && <ConvertPanel record={record} onClose={() => setConverting(false)} />}
      {moving && <MovePanel type={type} record={record} field={field} choice={moving} onClose={onMoved} />}
    </>
  );
}
