import { categoryFor, categoryOf } from "@/tokens/theme";
import { cx } from "./cx";
import { initials } from "./format";
import { ObjectIcon } from "./icons";
import styles from "./Mark.module.css";

interface Props {
  name: string;
  size?: number;
}

/** A person's or record's face: initials on a colour that stays the same for the same name. */
export function Mark({ name, size = 24 }: Props) {
  const colour = categoryFor(name);
  return (
    <span
      className={styles["mark"]}
      style={{ width: size, height: size, fontSize: Math.round(size * (size < 28 ? 0.52 : 0.4)), background: `var(--cat-${colour}-soft)`, color: `var(--cat-${colour})` }}
      aria-hidden
    >
      {size < 28 ? [...initials(name)].at(0) : initials(name)}
    </span>
  );
}

export function ObjectMark({ icon, color, size = 24 }: { icon: string | null; color: string | null; size?: number }) {
  const colour = categoryOf(color);
  return (
    <span className={cx(styles["mark"], styles["square"])} style={{ width: size, height: size, background: `var(--cat-${colour}-soft)`, color: `var(--cat-${colour})` }} aria-hidden>
      <ObjectIcon name={icon} size={Math.round(size * 0.6)} />
    </span>
  );
}
