import { categoryOf } from "@/tokens/theme";
import styles from "./Tag.module.css";

export function Tag({ color, children }: { color: string | null | undefined; children: string }) {
  const name = categoryOf(color);
  return (
    <span className={styles["tag"]} style={{ background: `var(--cat-${name}-soft)`, color: `var(--cat-${name})` }} title={children}>
      <span className={styles["text"]}>{children}</span>
    </span>
  );
}

export function Dot({ color }: { color: string | null | undefined }) {
  return <span className={styles["dot"]} style={{ background: `var(--cat-${categoryOf(color)}-solid)` }} aria-hidden />;
}
