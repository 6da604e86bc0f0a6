import { Button } from "antd";
import { ProblemError } from "@/api/client";
import { useSpeech } from "@/messages";
import { complain, explain } from "@/ui/says";
import styles from "../Build.module.css";
import { useDraft } from "./context";
import { useWords } from "./words";

/** The draft does not fit what is published any more: which operation it is, and the ways out. */
export function Refused({ error }: { error: unknown }) {
  const { t } = useSpeech();
  const draft = useDraft();
  const words = useWords();
  const index = error instanceof ProblemError ? error.operation : undefined;
  const operation = index === undefined ? undefined : draft.set?.operations[index];
  const run = (work: Promise<unknown>) => void work.catch((failure: unknown) => complain(failure, t));
  return (
    <section className={styles["refused"]} role="alert">
      <strong>{t("draft.refused")}</strong>
      <p>{operation ? `${words(operation)}: ` : ""}{explain(error, t)}</p>
      <span className={styles["buttons"]}>
        {index !== undefined && <Button size="small" onClick={() => run(draft.drop(index))}>{t("draft.dropThis")}</Button>}
        <Button size="small" danger onClick={() => run(draft.discard())}>{t("draft.discard")}</Button>
      </span>
    </section>
  );
}
