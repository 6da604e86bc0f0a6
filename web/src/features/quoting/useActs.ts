import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { api, ProblemError } from "@/api/client";
import type { RecordData } from "@/api/types";
import { useSpeech } from "@/messages";
import { copyText } from "@/ui/copy";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import { ACTS, type Act } from "./model/acts";
import type { Difference } from "./parts/Differences";
import type { DocumentData, DocumentObject } from "./model/types";
import { actsAt, useRefreshDocument } from "./read";

export interface Made {
  id: string;
  object: DocumentObject;
  differences: Difference[];
}

/** What was made or moved by an act; a double click acts once. */
export function useActs(object: DocumentObject, document: RecordData) {
  const { t } = useSpeech();
  const navigate = useNavigate();
  const refresh = useRefreshDocument(object);
  const running = useRef(false);
  const [busy, setBusy] = useState<string | null>(null);
  const [made, setMade] = useState<Made | null>(null);

  const answered = async (act: Act, answer: unknown): Promise<void> => {
    if (act.kind === "link") {
      const { url } = answer as { url: string };
      await copyText(new URL(url, window.location.origin).href).then(() => toast(t("quoting.linkCopied")), () => toast(url));
    } else if (act.kind === "make") {
      const found = answer as Partial<Made> & Partial<DocumentData>;
      const id = found.id ?? found.document?.id;
      const target = found.object ?? act.makes ?? object;
      if (found.differences?.length && id) setMade({ id, object: target, differences: found.differences });
      else if (id) await navigate({ to: "/documents/$object/$id", params: { object: target, id } });
    } else toast(t("state.saved"));
  };
  const run = async (act: Act, more: object = {}, version = document.version): Promise<boolean> => {
    if (running.current) return false;
    running.current = true;
    setBusy(act.name);
    try {
      const answer = await api.post<unknown>(`${actsAt(object, document.id)}/${act.path}`, { version, ...more });
      await refresh();
      await answered(act, answer);
      return true;
    } catch (error) {
      complain(error, t);
      if (error instanceof ProblemError && error.status === 409) await refresh();
      return false;
    } finally {
      running.current = false;
      setBusy(null);
    }
  };
  return { busy, run, made, closeMade: () => setMade(null), acts: (names: readonly string[]) => ACTS[object].filter((act) => names.includes(act.name)) };
}
