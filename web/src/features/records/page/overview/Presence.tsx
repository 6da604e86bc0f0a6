import { useWatch } from "@/features/base/live";
import { useSession } from "@/api/session";
import { useSpeech } from "@/messages";
import { Mark } from "@/ui/Mark";
import styles from "./Overview.module.css";

const MOST = 4;

/** Faces of others who have this record open now. */
export function Presence({ object, id }: { object: string; id: string }) {
  const { t } = useSpeech();
  const { user } = useSession();
  const people = useWatch(object, id).people.filter((person) => person.id !== user.id);
  if (people.length === 0) return null;
  const names = people.map((person) => person.label ?? "?").join(t("list.comma"));
  return (
    <span className={styles["faces"]} role="img" aria-label={t("presence.here", { names })} title={t("presence.here", { names })} data-testid="presence">
      {people.slice(0, MOST).map((person) => <Mark key={person.id} name={person.label ?? "?"} size={22} />)}
      {people.length > MOST && <small>+{people.length - MOST}</small>}
    </span>
  );
}
