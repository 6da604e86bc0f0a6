import { useId, type ReactNode } from "react";
import styles from "./FormRow.module.css";

interface Props {
  label: string;
  required?: boolean | undefined;
  help?: string | undefined;
  error?: string | undefined;
  children: (ids: { id: string; describedBy: string | undefined; invalid: boolean }) => ReactNode;
}

/** A label, its control, and beneath it what is wrong or what helps. */
export function FormRow({ label, required, help, error, children }: Props) {
  const id = useId();
  const noteId = `${id}-note`;
  const note = error ?? help;
  return (
    <div className={styles["row"]}>
      <label htmlFor={id} className={styles["label"]}>
        {label}
        {required && <span className={styles["required"]} aria-hidden>*</span>}
      </label>
      {children({ id, describedBy: note ? noteId : undefined, invalid: Boolean(error) })}
      {note && <span id={noteId} className={error ? styles["error"] : styles["help"]} role={error ? "alert" : undefined}>{note}</span>}
    </div>
  );
}
