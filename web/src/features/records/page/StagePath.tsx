import { Check } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { Choice, Field, ObjectType, RecordData } from "@/api/types";
import { choicesIn } from "@/features/base/stages";
import { useWrites } from "@/features/base/write";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { needsOf } from "../board/needs";
import { layoutOf } from "../form/rules";
import { useScopeOf } from "../form/useScope";
import styles from "./Record.module.css";

const Way = lazy(() => import("./stages/Way"));
interface Props {
  type: ObjectType;
  record: RecordData;
}

/** Whether a state may follow as far as the field itself says; of pipelines the server is asked. */
const mayFollow = (field: Field, from: unknown, choice: Choice) => {
  const next = field.config.transitions;
  return !choice.managed && (!next || typeof from !== "string" || !(from in next) || Boolean(next[from]?.includes(choice.key)));
};

/** The way of a record through its stages; a click moves it, and the move can be undone. */
export function StagePath({ type, record }: Props) {
  const catalog = useCatalog();
  const layoutPath = layoutOf(type, record).path;
  const field = layoutPath ? catalog.field(type.api_name, layoutPath) : undefined;
  const [moving, setMoving] = useState<Choice | null>(null);
  if (!field || field.access === "masked") return null;
  const guided = (type.stage_field === field.api_name && Boolean(type.pipelines?.length)) || Boolean(field.config.transitions);
  return (
    <>
      <Steps type={type} record={record} field={field} onAsk={setMoving} />
      {(guided || moving) && <Suspense fallback={null}><Way type={type} record={record} field={field} moving={moving} onMoved={() => setMoving(null)} /></Suspense>}
    </>
  );
}

function Steps({ type, record, field, onAsk }: Props & { field: Field; onAsk: (choice: Choice) => void }) {
  const { t, say } = useSpeech();
  const writes = useWrites(type.api_name);
  const scopeOf = useScopeOf(type);
  const path = useRef<HTMLDivElement>(null);
  const stage = record[field.api_name];
  useEffect(() => {
    // On a narrow screen the path scrolls; where the record stands must be in sight. Only the path moves, never the page.
    const current = path.current?.querySelector<HTMLElement>('[aria-pressed="true"]');
    if (path.current && current) path.current.scrollLeft = current.offsetLeft - path.current.offsetLeft - path.current.clientWidth / 2 + current.clientWidth / 2;
  }, [stage]);
  const staged = type.stage_field === field.api_name && Boolean(type.pipelines?.length);
  const choices = choicesIn(type, field, record).filter((choice) => !choice.archived || choice.key === stage);
  const at = choices.findIndex((choice) => choice.key === stage);
  const lost = choices[at]?.category === "lost";
  const go = (choice: Choice) => {
    const ends = choice.category === "won" || choice.category === "lost";
    if ((staged && ends) || needsOf(type, scopeOf({ ...record, [field.api_name]: choice.key })).length > 0) return onAsk(choice);
    void writes.patch(record, { [field.api_name]: choice.key }, { said: t("record.moved", { name: say(choice.label) }) }).catch(() => undefined);
  };
  return (
    <div ref={path} className={styles["path"]} role="group" aria-label={say(field.label)} data-testid="stage-path">
      {choices.map((choice, index) => {
        const name = say(choice.label);
        const isCurrent = index === at;
        const passed = index < at && !lost && choice.category !== "lost";
        return (
          <button
            key={choice.key}
            type="button"
            disabled={!type.permissions.update || field.readonly || (!isCurrent && !mayFollow(field, stage, choice))}
            aria-pressed={isCurrent}
            title={isCurrent ? name : t("record.stageTo", { name })}
            className={cx(styles["step"], passed && styles["passed"], isCurrent && (lost ? styles["isLost"] : styles["current"]))}
            onClick={() => !isCurrent && go(choice)}
          >
            {passed ? <Check size={12} aria-hidden style={{ verticalAlign: "-2px", marginRight: 3 }} /> : null}
            {name}
          </button>
        );
      })}
    </div>
  );
}
