import { X } from "lucide-react";
import { useEffect, useId, useRef, type ReactNode } from "react";
import { createPortal } from "react-dom";
import { useSpeech } from "@/messages";
import { cx } from "./cx";
import { IconButton } from "./IconButton";
import styles from "./Panel.module.css";
import { keepFocusInside } from "./focus";

interface Props {
  title: ReactNode;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  wide?: boolean;
}

/** A sheet from the right that asks for something; it holds the focus until it closes and then gives it back. */
export function Panel({ title, onClose, children, footer, wide }: Props) {
  const { t } = useSpeech();
  const ref = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  const titleId = useId();

  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const before = document.activeElement as HTMLElement | null;
    if (!element.contains(before)) element.focus();
    const release = keepFocusInside(element, () => close.current());
    return () => {
      release();
      before?.focus?.();
    };
  }, []);

  return createPortal(
    <>
      {/* The second half of the double click that opened the sheet does not close it. */}
      <div className={styles["mask"]} onClick={(event) => event.detail < 2 && onClose()} aria-hidden />
      <div ref={ref} role="dialog" aria-modal="true" aria-labelledby={titleId} tabIndex={-1} className={cx(styles["panel"], wide && styles["wide"])}>
        <header className={styles["head"]}>
          <h2 id={titleId} className={styles["title"]}>{title}</h2>
          <IconButton label={t("action.close")} onClick={onClose}><X size={16} /></IconButton>
        </header>
        <div className={styles["body"]}>{children}</div>
        {footer && <footer className={styles["foot"]}>{footer}</footer>}
      </div>
    </>,
    document.body,
  );
}
