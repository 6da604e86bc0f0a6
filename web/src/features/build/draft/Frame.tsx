import { Outlet } from "@tanstack/react-router";
import { useEffect, useMemo, useRef } from "react";
import { Catalog, CatalogContext, useCatalog } from "@/api/catalog";
import { useSpeech } from "@/messages";
import "@/messages/designers";
import { isTyping } from "@/ui/focus";
import { complain } from "@/ui/says";
import { Bone, ErrorState } from "@/ui/State";
import { DraftContext, type Draft } from "./context";
import { DraftBar } from "./DraftBar";
import { Refused } from "./Refused";
import { useDraftStore } from "./useDraftStore";
import styles from "../Build.module.css";

/** Ctrl-Z takes back the last edit of the draft, wherever nothing is being typed. */
function useUndoKey(draft: Draft) {
  const { t } = useSpeech();
  const latest = useRef(draft);
  latest.current = draft;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.key.toLowerCase() !== "z" || isTyping(event.target)) return;
      event.preventDefault();
      latest.current.undo().catch((error: unknown) => complain(error, t));
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [t]);
}

/** Around all designers: the model as it is with the draft, and the bar that says what the draft holds. */
export function BuildFrame() {
  const own = useCatalog();
  const { draft, definitions, error, retry } = useDraftStore();
  useUndoKey(draft);
  const last = useRef<typeof definitions>(undefined);
  if (definitions) last.current = definitions;
  const shown = definitions ?? last.current;
  const catalog = useMemo(() => (shown ? new Catalog({ ...own.data, objects: shown.objects }) : null), [own, shown]);
  if (error && !catalog) return <ErrorState error={error} onRetry={retry} />;
  if (!catalog) return <Bone width="60%" />;
  return (
    <DraftContext value={draft}>
      <CatalogContext value={catalog}>
        <div className={styles["frame"]}>
          {Boolean(draft.refused) && <Refused error={draft.refused} />}
          <Outlet />
          <DraftBar />
        </div>
      </CatalogContext>
    </DraftContext>
  );
}
