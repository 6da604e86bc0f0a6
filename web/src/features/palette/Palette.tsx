import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { createPortal } from "react-dom";
import { useSpeech } from "@/messages";
import { keepFocusInside } from "@/ui/focus";
import { useEntries } from "./entries";
import styles from "./Palette.module.css";

/** Any record, object, view or action from anywhere: Ctrl/⌘-K, a few letters, Enter. */
export function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useSpeech();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const { entries, loading } = useEntries(typed);
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const current = Math.min(at, Math.max(0, entries.length - 1));

  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const release = box.current ? keepFocusInside(box.current, onClose) : undefined;
    return () => {
      release?.();
      before?.focus?.();
    };
    // The focus is taken once, when the palette opens.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  useEffect(() => {
    // Braces: newer browsers return a promise here, which an effect must not.
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [current]);

  const run = (index: number) => {
    const entry = entries[index];
    if (!entry) return;
    onClose();
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown") setAt((current + 1) % Math.max(1, entries.length));
    else if (event.key === "ArrowUp") setAt((current - 1 + entries.length) % Math.max(1, entries.length));
    else if (event.key === "Enter") run(current);
    else return;
    event.preventDefault();
  };
  return createPortal(
    <div className={styles["mask"]} onMouseDown={(event) => event.target === event.currentTarget && onClose()}>
      <div ref={box} className={styles["box"]} role="dialog" aria-modal="true" aria-label={t("palette.title")} data-testid="palette">
        <input
          className={styles["input"]} autoFocus role="combobox" aria-expanded aria-controls="palette-list" aria-activedescendant={entries[current] ? `palette-${current}` : undefined}
          aria-label={t("palette.title")} placeholder={t("palette.placeholder")} value={typed} onKeyDown={onKeyDown}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
        />
        <div ref={list} id="palette-list" className={styles["list"]} role="listbox" aria-label={t("palette.title")}>
          {entries.map((entry, index) => (
            <div key={entry.key}>
              {entry.group !== entries[index - 1]?.group && <div className={styles["group"]} role="presentation">{t(entry.group)}</div>}
              <div id={`palette-${index}`} role="option" aria-selected={index === current} className={styles["item"]} onMouseMove={() => setAt(index)} onClick={() => run(index)}>
                {entry.icon}
                <span className={styles["text"]}>{entry.text}</span>
                {entry.meta && <span className={styles["meta"]}>{entry.meta}</span>}
              </div>
            </div>
          ))}
          {entries.length === 0 && !loading && <p className={styles["none"]}>{t("state.emptySearch")}</p>}
        </div>
        <footer className={styles["foot"]}>{t("palette.hint")}</footer>
      </div>
    </div>,
    document.body,
  );
}
