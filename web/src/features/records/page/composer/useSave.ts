import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { useCatalog } from "@/api/catalog";
import { api, randomKey } from "@/api/client";
import type { Field, ObjectType, RecordData } from "@/api/types";
import { refreshAround, refreshObject } from "@/features/base/cache";
import { keys } from "@/features/base/keys";
import { toWrite, useWrites } from "@/features/base/write";
import { isReference } from "@/fields/relation/references";
import { useSpeech } from "@/messages";
import { formatDateTime } from "@/ui/format";
import { toast } from "@/ui/toast";
import type { ComposerDraft } from "./draft";
import { withIds } from "./mention";
import { activityOf, COMMENT, followUpField, pointing, type Values } from "./plan";

interface Attempt {
  of: string;
  key: string;
  at: Date;
}

/**
 * Saves what was written. Trying again after a lost answer sends the same request under the same key, so that what did
 * arrive is not written twice.
 */
export function useSave(type: ObjectType, record: RecordData, relation: Field | null) {
  const catalog = useCatalog();
  const client = useQueryClient();
  const { t, language } = useSpeech();
  const writes = useWrites(type.api_name);
  const tasks = useWrites("activity");
  const attempt = useRef<Attempt | null>(null);

  const fresh = () => {
    void client.invalidateQueries({ queryKey: keys.one(type.api_name, record.id) });
    const account = record["account"];
    if (isReference(account)) void client.invalidateQueries({ queryKey: keys.one("account", account.id) });
  };
  const post = async <T>(draft: ComposerDraft, path: string, body: (at: Date) => unknown): Promise<T> => {
    const of = JSON.stringify(draft);
    if (attempt.current?.of !== of) attempt.current = { of, key: randomKey(), at: new Date() };
    const answer = await api.post<T>(path, body(attempt.current.at), { headers: { "Idempotency-Key": attempt.current.key } });
    attempt.current = null;
    // A first page that was asked for before this was written would be taken for the newest.
    await client.cancelQueries({ queryKey: keys.timeline(type.api_name, record.id) });
    return answer;
  };
  const comment = async (draft: ComposerDraft) => {
    const path = `/records/${type.api_name}/${record.id}/comments`;
    const said = await post<{ unreached: string[] }>(draft, path, () => ({ body: withIds(draft.text.trim(), draft.people) }));
    refreshAround(client, type.api_name);
    const names = draft.people.filter((person) => said.unreached.includes(person.id)).map((person) => person.name);
    toast(names.length ? t("composer.unreached", { names: names.join(t("list.comma")) }) : t("composer.saved"));
  };
  const nextStep = async (at: string, links: Values) => {
    if (followUpField(type)) {
      // Logging has just stamped the record: its version is read again.
      const now = await api.get<RecordData>(`/records/${type.api_name}/${record.id}`);
      await writes.patch(now, { next_follow_up: at }, { quiet: true });
      return t("composer.savedNext", { at: formatDateTime(at, language) });
    }
    const title = t("next.taskTitle", { name: String(record[type.title_field] ?? "") });
    await tasks.create({ title, kind: "task", due_at: at, ...links });
    return t("composer.savedTask", { at: formatDateTime(at, language) });
  };
  const activity = async (draft: ComposerDraft) => {
    if (!relation) return;
    const links = pointing(catalog, relation, record);
    await post<RecordData>(draft, "/records/activity", (at) => toWrite(catalog, "activity", activityOf(draft, links, at)));
    refreshObject(client, "activity");
    refreshAround(client, "activity");
    let said = t("composer.saved");
    if (draft.next && draft.kind !== "task") said = await nextStep(draft.next, links).catch(() => t("composer.nextFailed"));
    fresh();
    toast(said);
  };
  return (draft: ComposerDraft) => (draft.kind === COMMENT ? comment(draft) : activity(draft));
}
