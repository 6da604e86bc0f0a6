import { useEffect, useState } from "react";
import { useSession } from "@/api/session";
import { BLANK, forgetDraft, forgetOld, keepDraft, readDraft, type ComposerDraft } from "./draft";

/** What is being written here; it outlives the page, the session and the browser until it is saved. */
export function useDraft(record: string, firstKind: string) {
  const { user } = useSession();
  const [draft, setDraft] = useState<ComposerDraft>(() => {
    const kept = readDraft(user.id, record);
    return kept.text ? kept : { ...kept, kind: firstKind };
  });
  const [restored, setRestored] = useState(draft.text !== "");
  useEffect(() => forgetOld(), []);
  const change = (next: Partial<ComposerDraft>) =>
    setDraft((now) => {
      const changed = { ...now, ...next };
      keepDraft(user.id, record, changed);
      return changed;
    });
  const clear = () => {
    forgetDraft(user.id, record);
    setRestored(false);
    setDraft((now) => ({ ...BLANK, kind: now.kind }));
  };
  return { draft, change, clear, restored };
}
