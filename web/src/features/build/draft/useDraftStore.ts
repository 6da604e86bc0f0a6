import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import { api, ProblemError } from "@/api/client";
import { useSession } from "@/api/session";
import { keys } from "@/features/base/keys";
import { useSpeech, type Speech } from "@/messages";
import { formatDateTime } from "@/ui/format";
import { useStored } from "@/ui/hooks";
import { withOperation, type ChangeSetDoc, type Operation } from "../model";
import { draftApi, draftKeys, putDraft, refreshUses, type Definitions } from "./api";
import type { Draft } from "./context";

/** Earlier states of a draft's operations, so that undoing takes back one edit, not one merged operation. */
const earlier = new Map<string, (readonly Operation[])[]>();
/** Edits wait for each other: each is made on the version that the one before it left. */
let queue: Promise<unknown> = Promise.resolve();

/** What the server says when a draft is not as this client knows it any more. */
const OVERTAKEN = new Set(["change_set_changed", "change_set_published", "change_set_discarded"]);

interface Desk {
  client: QueryClient;
  speech: Speech;
  me: string;
  chosen: () => string | null;
  choose: (id: string | null) => void;
}

const current = ({ client, me, chosen }: Desk): ChangeSetDoc | null => pick(client.getQueryData<ChangeSetDoc[]>(draftKeys.drafts) ?? [], chosen(), me);

/** The draft one works on: the one taken up last, else one's own newest. */
export function pick(drafts: ChangeSetDoc[], chosen: string | null, me: string): ChangeSetDoc | null {
  return drafts.find((draft) => draft.id === chosen) ?? drafts.find((draft) => draft.created_by?.id === me) ?? null;
}

/** Somebody else wrote this draft meanwhile: it is read anew, and the refusal says who it was. */
async function overtaken({ client, speech }: Desk, draft: ChangeSetDoc, refusal: ProblemError): Promise<ProblemError> {
  const fresh = await draftApi.read(draft.id);
  putDraft(client, fresh);
  earlier.delete(draft.id);
  return new ProblemError({ title: refusal.message, status: refusal.status, code: refusal.code, detail: speech.t("draft.overtaken", { name: fresh.updated_by?.label ?? speech.t("draft.somebody") }) });
}

/** Writes the operations and asks what they lead to; what is refused is taken back at once. */
async function write(desk: Desk, make: (operations: readonly Operation[]) => Operation[], remember = true): Promise<void> {
  const { client, speech } = desk;
  const before = current(desk);
  const operations = make(before?.operations ?? []);
  const saved = before ? await draftApi.save(before, { operations }) : await draftApi.begin(speech.t("draft.defaultName", { at: formatDateTime(new Date().toISOString(), speech.language) }), operations);
  try {
    client.setQueryData(draftKeys.definitions(saved.id, saved.version), await draftApi.definitions(saved.id));
  } catch (error) {
    putDraft(client, before ? await draftApi.save(saved, { operations: before.operations }) : await draftApi.discard(saved));
    throw error;
  }
  if (remember) earlier.set(saved.id, [...(earlier.get(saved.id) ?? []), before?.operations ?? []]);
  putDraft(client, saved);
  desk.choose(saved.id);
}

function actions(desk: Desk, busy: (on: boolean) => void) {
  const { client } = desk;
  const inTurn = <T,>(run: () => Promise<T>): Promise<T> => {
    busy(true);
    const tried = async () => {
      try {
        return await run();
      } catch (error) {
        const draft = current(desk);
        if (draft && error instanceof ProblemError && OVERTAKEN.has(error.code)) throw await overtaken(desk, draft, error);
        throw error;
      }
    };
    const next = queue.then(tried, tried);
    queue = next.catch(() => undefined).finally(() => busy(false));
    return next;
  };
  const drop = (draft: ChangeSetDoc) => {
    earlier.delete(draft.id);
    desk.choose(null);
    putDraft(client, { ...draft, state: "discarded" });
  };
  const rename = async (name: string, note: string | null) => {
    const draft = current(desk);
    if (!draft) return null;
    if (draft.name === name && (draft.note ?? null) === note) return draft;
    const saved = await draftApi.save(draft, { name, note });
    putDraft(client, saved);
    return saved;
  };
  return {
    edit: (...operations: Operation[]) => inTurn(() => write(desk, (old) => operations.reduce(withOperation, [...old]))),
    undo: () => inTurn(async () => {
      const draft = current(desk);
      if (!draft?.operations.length) return;
      const back = earlier.get(draft.id)?.pop() ?? draft.operations.slice(0, -1);
      await write(desk, () => [...back], false);
    }),
    drop: (index: number) => inTurn(() => write(desk, (old) => old.filter((_, at) => at !== index))),
    rename: (name: string, note: string | null) => inTurn(() => rename(name, note)),
    keepMine: () => inTurn(async () => {
      const draft = current(desk);
      if (draft) putDraft(client, await draftApi.save(draft, { rebase: true }));
    }),
    publish: (name: string, note: string | null) => inTurn(async () => {
      const draft = await rename(name, note);
      if (!draft) return null;
      const done = await draftApi.publish(draft);
      await client.invalidateQueries({ queryKey: keys.catalog });
      drop(draft);
      void client.invalidateQueries({ queryKey: ["records"] });
      void client.invalidateQueries({ queryKey: keys.changes });
      // What was asked of the draft itself is asked no more: it is none now.
      void client.invalidateQueries({ queryKey: ["build"], refetchType: "none" });
      void client.invalidateQueries({ queryKey: draftKeys.drafts });
      refreshUses(client);
      return done;
    }),
    discard: () => inTurn(async () => {
      const draft = current(desk);
      if (!draft) return;
      await draftApi.discard(draft);
      drop(draft);
    }),
  };
}

/** The draft of this person and the objects as they are with it. */
export function useDraftStore(): { draft: Draft; definitions: Definitions | undefined; error: unknown; retry: () => void } {
  const client = useQueryClient();
  const speech = useSpeech();
  const me = useSession().user.id;
  const [chosen, choose] = useStored<string | null>("banyan.draft", null);
  const [busy, setBusy] = useState(false);
  const latest = useRef(chosen);
  latest.current = chosen;
  const drafts = useQuery({ queryKey: draftKeys.drafts, staleTime: 30_000, queryFn: draftApi.list });
  const base = useQuery({ queryKey: [...keys.catalog, "definitions"], staleTime: 60_000, queryFn: () => api.get<Definitions>("/metadata/definitions") });
  const set = pick(drafts.data ?? [], chosen, me);
  const changed = Boolean(set && set.operations.length > 0);
  const planned = useQuery({ queryKey: draftKeys.definitions(set?.id ?? "", set?.version ?? 0), enabled: changed, staleTime: 60_000, retry: false, queryFn: () => draftApi.definitions(set?.id ?? "") });
  const run = useMemo(() => actions({ client, speech, me, chosen: () => latest.current, choose: (id) => { latest.current = id; choose(id); } }, setBusy), [client, speech, me, choose, latest]);
  const waiting = changed && planned.isPending;
  const definitions = changed && planned.data ? planned.data : base.data;
  const others = (drafts.data ?? []).filter((each) => each.id !== set?.id && each.operations.length > 0);
  const published = base.data?.objects;
  const stands = useCallback((object: string, field?: string) => {
    const type = published?.find((each) => each.api_name === object);
    return Boolean(type && (!field || type.fields.some((each) => each.api_name === field)));
  }, [published]);
  const draft: Draft = { set, stands, others, archivedObjects: definitions?.archived_objects ?? [], refused: changed ? planned.error : null, busy, take: choose, ...run };
  return { draft, definitions: waiting || drafts.isPending ? undefined : definitions, error: drafts.error ?? base.error, retry: () => { void drafts.refetch(); void base.refetch(); } };
}
