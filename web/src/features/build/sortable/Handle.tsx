import { GripVertical } from "lucide-react";
import type { KeyboardEvent } from "react";
import { useSpeech } from "@/messages";
import styles from "../Build.module.css";

interface Props {
  name: string;
  /** Given by the drag library. */
  drag?: Record<string, unknown> | undefined;
  setRef?: (element: HTMLElement | null) => void;
  onMove: (by: number) => void;
}

/** Dragged with a pointer; with the keyboard the arrows move by one place. */
export function Handle({ name, drag, setRef, onMove }: Props) {
  const { t } = useSpeech();
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    onMove(by);
  };
  return <button ref={setRef ?? null} type="button" className={styles["handle"]} {...drag} aria-label={t("move.handle", { name })} title={t("move.hint")} onKeyDown={onKeyDown}><GripVertical size={14} aria-hidden /></button>;
}
