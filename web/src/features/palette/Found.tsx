import { useEffect, useImperativeHandle, useState, type Ref } from "react";
import { useSpeech } from "@/messages";
import { useEntries } from "./entries";
import styles from "./Palette.module.css";

/** What the keys of the box do with what is found below it. */
export interface Steps {
  move: (by: number) => void;
  run: () => void;
}
interface Props {
  ref: Ref<Steps>;
  typed: string;
  /** The id of the entry that Enter opens. */
  onActive: (id: string | undefined) => void;
  onClose: () => void;
}

const idOf = (index: number) => `palette-${index}`;

/** What was found for the letters in the box; the first is chosen until somebody moves. */
export function Found({ ref, typed, onActive, onClose }: Props) {
  const { t } = useSpeech();
  const { entries, loading } = useEntries(typed);
  const [moved, setMoved] = useState({ typed, at: 0 });
  const current = Math.min(moved.typed === typed ? moved.at : 0, Math.max(0, entries.length - 1));
  const active = entries[current] ? idOf(current) : undefined;
  const moveTo = (at: number) => setMoved({ typed, at });

  const run = (index: number) => {
    const entry = entries[index];
    if (!entry) return;
    onClose();
    entry.run();
  };
  useImperativeHandle(ref, () => ({ move: (by) => moveTo((current + by + entries.length) % Math.max(1, entries.length)), run: () => run(current) }));
  useEffect(() => {
    onActive(active);
    // Braces: newer browsers return a promise here, which an effect must not.
    if (active) document.getElementById(active)?.scrollIntoView({ block: "nearest" });
  }, [active, onActive]);
  return (
    <>
      {entries.map((entry, index) => (
        <div key={entry.key}>
          {entry.group !== entries[index - 1]?.group && <div className={styles["group"]} role="presentation">{t(entry.group)}</div>}
          <div id={idOf(index)} role="option" aria-selected={index === current} className={styles["item"]} onMouseMove={() => moveTo(index)} onClick={() => run(index)}>
            {entry.icon}
            <span className={styles["text"]}>{entry.text}</span>
            {entry.meta && <span className={styles["meta"]}>{entry.meta}</span>}
          </div>
        </div>
      ))}
      {entries.length === 0 && !loading && <p className={styles["none"]}>{t("state.emptySearch")}</p>}
    </>
  );
}
