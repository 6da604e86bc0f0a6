import { ChevronDown, ChevronRight } from "lucide-react";
import { useId, useState, type ReactNode } from "react";
import { cx } from "@/ui/cx";
import styles from "./Form.module.css";
import type { LiveSection } from "./useScope";

interface Props {
  section: LiveSection;
  /** A fault inside opens it. */
  faulty?: boolean;
  children: ReactNode;
}

/** How the fields of a section stand: in one or two columns where there is room. */
export const columnsOf = (section: LiveSection) => cx(styles["body"], section.columns === 2 && styles["two"]);

/** A part of the layout; its name folds it. */
export function Section({ section, faulty = false, children }: Props) {
  const id = useId();
  const [open, setOpen] = useState(!section.collapsed);
  const shown = open || faulty;
  return (
    <section className={styles["section"]} aria-labelledby={section.label ? id : undefined}>
      {section.label && (
        <h2 className={styles["title"]}>
          <button id={id} type="button" className={styles["fold"]} aria-expanded={shown} onClick={() => setOpen(!shown)}>
            {shown ? <ChevronDown size={13} aria-hidden /> : <ChevronRight size={13} aria-hidden />}
            {section.label}
          </button>
        </h2>
      )}
      {(shown || !section.label) && children}
    </section>
  );
}
