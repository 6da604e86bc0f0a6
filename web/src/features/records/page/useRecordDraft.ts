import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { ObjectType, RecordData } from "@/api/types";
import { useWrites, type Values } from "@/features/base/write";
import { isEmptyValue } from "@/fields/contract";
import { useSpeech } from "@/messages";
import { explain } from "@/ui/says";
import { NOTHING_WRONG, placed, type Placed } from "../form/problems";
import { settle } from "../form/rules";

export const sameValue = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b) || (isEmptyValue(a) && isEmptyValue(b));

export interface RecordDraft {
  /** The record, over it what is not taken yet, over that what is being typed. */
  values: RecordData;
  /** What the server did not take yet; it stays typed and goes along with the next change. */
  pending: Values;
  errors: Placed;
  type: (name: string, value: unknown) => void;
  commit: (name: string, value: unknown) => void;
  cancel: (name: string) => void;
  retry: () => void;
  discard: () => void;
}

/**
 * Changes of one record. Each is written at once; one that is refused waits, because what it needs may be another field:
 * a kind that asks for a price is only taken together with the price.
 */
export function useRecordDraft(type: ObjectType, record: RecordData): RecordDraft {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const writes = useWrites(type.api_name);
  const [pending, setPending] = useState<Values>({});
  const [typed, setTyped] = useState<Values>({});
  const [errors, setErrors] = useState<Placed>(NOTHING_WRONG);

  const send = async (changes: Values, said: string) => {
    const differing = Object.fromEntries(Object.entries(changes).filter(([name, value]) => !sameValue(value, record[name] ?? null)));
    if (Object.keys(differing).length === 0) {
      setPending({});
      setErrors(NOTHING_WRONG);
      return;
    }
    try {
      await writes.patch(record, differing, { said, quiet: true });
      setPending({});
      setErrors(NOTHING_WRONG);
    } catch (problem) {
      setPending(differing);
      setErrors(placed(problem, (name) => Boolean(catalog.field(type.api_name, name)), explain(problem, t)));
    }
  };
  const commit = (name: string, value: unknown) => {
    setTyped({});
    if (name in pending ? sameValue(value, pending[name]) : sameValue(value, record[name] ?? null)) return;
    const { values, cleared } = settle(type.fields, { ...record, ...pending, [name]: value }, name);
    const changes = { ...pending, [name]: value, ...Object.fromEntries(cleared.map((field) => [field.api_name, values[field.api_name]])) };
    void send(changes, cleared.length ? t("form.savedCleared", { fields: cleared.map((field) => say(field.label)).join(t("list.comma")) }) : t("state.saved"));
  };
  return {
    values: { ...record, ...pending, ...typed }, pending, errors, commit,
    type: (name, value) => setTyped({ [name]: value }),
    cancel: () => setTyped({}),
    retry: () => void send(pending, t("state.saved")),
    discard: () => {
      setPending({});
      setTyped({});
      setErrors(NOTHING_WRONG);
    },
  };
}
