import styles from "./Form.module.css";

/** What was refused of the record as a whole. */
export function Faults({ messages }: { messages: readonly string[] }) {
  return messages.map((message, index) => <p key={index} className={styles["fault"]} role="alert">{message}</p>);
}
