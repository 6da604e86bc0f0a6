import { useDeferredValue, useRef, useState } from "react";
import type { ObjectType, RecordData } from "@/api/types";
import { useSpeech } from "@/messages";
import { Composer } from "./composer/Composer";
import { useKeyboardLift } from "./composer/useKeyboardLift";
import { CompletenessRing } from "./overview/CompletenessRing";
import { GradingMarks } from "./overview/GradingMarks";
import { JourneyStrip } from "./overview/JourneyStrip";
import { RecordFields, SubTables, type Asked } from "./RecordFields";
import { RecordIdentity } from "./RecordIdentity";
import styles from "./Record.module.css";
import { Related } from "./Related";
import { StagePath } from "./StagePath";
import { EVERYTHING, type Narrowing } from "./timeline/model";
import { Timeline } from "./timeline/Timeline";

const parts = ["timeline", "details", "related"] as const;
interface Props {
  type: ObjectType;
  record: RecordData;
}

/** What is asked for elsewhere on the page: a field to fill in, a kind of item to see. */
function useAsked() {
  const [asked, setAsked] = useState<Asked | null>(null);
  const [narrowing, setNarrowing] = useState<Narrowing>(EVERYTHING);
  return { asked, ask: (field: string) => setAsked((now) => ({ field, times: (now?.times ?? 0) + 1 })), narrowing, setNarrowing };
}

export function Phone({ type, record }: Props) {
  const { t } = useSpeech();
  const [part, setPart] = useState<(typeof parts)[number]>("timeline");
  const { asked, ask, narrowing, setNarrowing } = useAsked();
  const dock = useRef<HTMLDivElement>(null);
  const lift = useKeyboardLift(dock);
  const go = (field: string) => {
    setPart("details");
    ask(field);
  };
  return (
    <>
      <div style={{ padding: "16px 16px 0" }}>
        <RecordIdentity type={type} record={record}><CompletenessRing type={type} record={record} onGo={go} /></RecordIdentity>
        <GradingMarks type={type} record={record} />
        <StagePath type={type} record={record} />
      </div>
      <div className={styles["tabs"]} role="tablist" aria-label={t("record.parts")}>
        {parts.map((name) => (
          <button key={name} type="button" role="tab" aria-selected={part === name} className={styles["tab"]} onClick={() => setPart(name)}>{t(`record.${name}`)}</button>
        ))}
      </div>
      <div className={styles["phone"]} role="tabpanel">
        {part === "timeline" && <><JourneyStrip type={type} id={record.id} value={narrowing} onChange={setNarrowing} /><Timeline type={type} id={record.id} value={narrowing} onChange={setNarrowing} /></>}
        {part === "details" && <RecordFields type={type} record={record} asked={asked} />}
        {part === "related" && <Related type={type} record={record} />}
      </div>
      {part === "timeline" && <div className={styles["foot"]}><div ref={dock} style={lift ? { transform: `translateY(-${lift}px)` } : undefined}><Composer type={type} record={record} docked /></div></div>}
    </>
  );
}

export function Desk({ type, record }: Props) {
  const { t } = useSpeech();
  const { asked, ask, narrowing, setNarrowing } = useAsked();
  // Who it is stands first, and is not kept waiting for the drawing of all that belongs to it.
  const whole = useDeferredValue(true, false);
  return (
    <div className={styles["columns"]}>
      <section className={styles["column"]} aria-label={t("record.details")}>
        <RecordIdentity type={type} record={record}><CompletenessRing type={type} record={record} onGo={ask} /></RecordIdentity>
        <GradingMarks type={type} record={record} />
        <StagePath type={type} record={record} />
        {whole && <RecordFields type={type} record={record} subTablesBeside asked={asked} />}
      </section>
      <section className={styles["column"]} aria-label={t("record.timeline")}>
        {whole && (
          <>
            <SubTables type={type} record={record} />
            <Composer type={type} record={record} />
            <JourneyStrip type={type} id={record.id} value={narrowing} onChange={setNarrowing} />
            <Timeline type={type} id={record.id} value={narrowing} onChange={setNarrowing} />
          </>
        )}
      </section>
      <section className={styles["column"]} aria-label={t("record.related")}>{whole && <Related type={type} record={record} />}</section>
    </div>
  );
}
