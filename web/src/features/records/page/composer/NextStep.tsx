import { CalendarClock } from "lucide-react";
import { useState } from "react";
import type { Field } from "@/api/types";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import styles from "./Composer.module.css";
import { stepAt, stepOf, STEPS, type Step } from "./next";

interface Props {
  /** The field a date is chosen with; its editor is the one people know. */
  field: Field;
  /** Whether it becomes a task and not a date on the record. */
  asTask: boolean;
  value: string | null;
  onChange: (at: string | null) => void;
}

/** What follows: a follow-up that says nothing of the next one is where deals go quiet. */
export function NextStep({ field, asTask, value, onChange }: Props) {
  const { t } = useSpeech();
  const step = value === null ? null : stepOf(value);
  const [own, setOwn] = useState(value !== null && step === null);
  const { Editor } = fieldUi(field);
  const label = t(asTask ? "next.task" : "next.label");
  const pick = (next: Step) => {
    setOwn(false);
    onChange(next === step ? null : stepAt(next));
  };
  return (
    <div className={styles["next"]} role="group" aria-label={label}>
      <span className={styles["nextLabel"]}><CalendarClock size={13} aria-hidden />{label}</span>
      {(Object.keys(STEPS) as Step[]).map((each) => (
        <button key={each} type="button" className={styles["chip"]} aria-pressed={!own && step === each} onClick={() => pick(each)}>{t(`next.${each}`)}</button>
      ))}
      <button type="button" className={styles["chip"]} aria-pressed={own} onClick={() => { setOwn(!own); if (own) onChange(null); }}>{t("next.date")}</button>
      {own && <div className={styles["date"]}><Editor value={value} field={field} label={label} onChange={(next) => onChange(typeof next === "string" ? next : null)} /></div>}
    </div>
  );
}
