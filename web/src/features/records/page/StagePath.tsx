import { Check } from "lucide-react";
import { useEffect, useRef } from "react";
import { useCatalog } from "@/api/catalog";
import type { ObjectType, RecordData } from "@/api/types";
import { useWrites } from "@/features/base/write";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { layoutOf } from "../form/rules";
import styles from "./Record.module.css";

/** The way of a record through its stages; a click moves it, and the move can be undone. */
export function StagePath({ type, record }: { type: ObjectType; record: RecordData }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const writes = useWrites(type.api_name);
  const layoutPath = layoutOf(type, record).path;
  const path = useRef<HTMLDivElement>(null);
  const stage = layoutPath ? record[layoutPath] : null;
  useEffect(() => {
    // On a narrow screen the path scrolls; where the record stands must be in sight. Only the path moves, never the page.
    const current = path.current?.querySelector<HTMLElement>('[aria-pressed="true"]');
    if (path.current && current) path.current.scrollLeft = current.offsetLeft - path.current.offsetLeft - path.current.clientWidth / 2 + current.clientWidth / 2;
  }, [stage]);
  const field = layoutPath ? catalog.field(type.api_name, layoutPath) : undefined;
  if (!field || field.access === "masked") return null;
  const choices = (field.config.choices ?? []).filter((choice) => !choice.archived || choice.key === record[field.api_name]);
  const at = choices.findIndex((choice) => choice.key === record[field.api_name]);
  const lost = choices[at]?.category === "lost";
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
            disabled={!type.permissions.update || field.readonly}
            aria-pressed={isCurrent}
            title={isCurrent ? name : t("record.stageTo", { name })}
            className={cx(styles["step"], passed && styles["passed"], isCurrent && (lost ? styles["isLost"] : styles["current"]))}
            onClick={() => !isCurrent && void writes.patch(record, { [field.api_name]: choice.key }, { said: t("record.moved", { name }) }).catch(() => undefined)}
          >
            {passed ? <Check size={12} aria-hidden style={{ verticalAlign: "-2px", marginRight: 3 }} /> : null}
            {name}
          </button>
        );
      })}
    </div>
  );
}
