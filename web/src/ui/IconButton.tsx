import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import { cx } from "./cx";
import styles from "./IconButton.module.css";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** What it does, for screen readers and the tooltip. */
  label: string;
  children: ReactNode;
  small?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

export function IconButton({ label, small, className, children, ...rest }: Props) {
  return (
    <button type="button" aria-label={label} title={label} className={cx(styles["button"], small && styles["small"], className)} {...rest}>
      {children}
    </button>
  );
}
