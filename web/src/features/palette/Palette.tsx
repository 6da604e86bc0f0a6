import { lazy, Suspense, useEffect, useRef, useState, type KeyboardEvent } from "react";
import { createPortal } from "react-dom";
import { useSpeech } from "@/messages";
import { keepFocusInside } from "@/ui/focus";
import { useAhead } from "@/ui/useAhead";
import type { Steps } from "./Found";
import styles from "./Palette.module.css";

const loadFound = () => import("./Found");
const Found = lazy(() => loadFound().then((module) => ({ default: module.Found })));

/** What the palette finds with comes while the page has nothing else to do. */
export const usePaletteAhead = () => useAhead(loadFound);

/**
 * Any record, object, view or action from anywhere: Ctrl/⌘-K, a few letters, Enter. The box is there with the page, so
 * that no letter is lost; what it finds with may come later.
 */
export function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useSpeech();
  const [typed, setTyped] = useState("");
  const [active, setActive] = useState<string | undefined>();
  const box = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const steps = useRef<Steps>(null);

  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const release = box.current ? keepFocusInside(box.current, onClose, input.current) : undefined;
    return () => {
      release?.();
      before?.focus?.();
    };
    // The focus is taken once, when the palette opens.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown") steps.current?.move(1);
    else if (event.key === "ArrowUp") steps.current?.move(-1);
    else if (event.key === "Enter") steps.current?.run();
    else return;
    event.preventDefault();
  };
  return createPortal(
    <div className={styles["mask"]} onMouseDown={(event) => event.target === event.currentTarget && onClose()}>
      <div ref={box} className={styles["box"]} role="dialog" aria-modal="true" aria-label={t("palette.title")} data-testid="palette">
        <input
          ref={input} className={styles["input"]} autoFocus role="combobox" aria-expanded aria-controls="palette-list" aria-activedescendant={active}
          aria-label={t("palette.title")} placeholder={t("palette.placeholder")} value={typed} onKeyDown={onKeyDown} onChange={(event) => setTyped(event.target.value)}
        />
        <div id="palette-list" className={styles["list"]} role="listbox" aria-label={t("palette.title")}>
          <Suspense fallback={<p className={styles["none"]}>{t("state.loading")}</p>}>
            <Found ref={steps} typed={typed} onActive={setActive} onClose={onClose} />
          </Suspense>
        </div>
        <footer className={styles["foot"]}>{t("palette.hint")}</footer>
      </div>
    </div>,
    document.body,
  );
}
