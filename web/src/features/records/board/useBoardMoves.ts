import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useCatalog } from "@/api/catalog";
import { api } from "@/api/client";
import type { Field, ObjectType, RecordData } from "@/api/types";
import { keys } from "@/features/base/keys";
import { useWrites, type Values } from "@/features/base/write";
import { useSpeech } from "@/messages";
import { complain, explain } from "@/ui/says";
import { placed } from "../form/problems";
import { settle } from "../form/rules";
import { useScopeOf } from "../form/useScope";
import { laneKey } from "./lanes";
import { canFill, mayAskMore, needsOf } from "./needs";

/** Where a card was dropped: a column's choice, and a lane's value where there are lanes. */
export interface Place {
  key: string | null;
  lane?: { field: string; value: unknown } | undefined;
}

export interface Move {
  place: Place;
  /** The card as it is shown there. */
  record: RecordData;
}

/** A drop that waits for what its column requires. */
export interface Ask {
  record: RecordData;
  changes: Values;
  fields: Field[];
  errors: Record<string, string>;
  name: string;
}

const REFUSED_FOR_MS = 6_000;
const same = (record: RecordData, name: string, value: unknown) => laneKey(record[name]) === laneKey(value);

/** Moves shown at once; one that is refused goes back visibly with the reason, and a done one can be undone from the toast. */
export function useBoardMoves(type: ObjectType, groupBy: string) {
  const client = useQueryClient();
  const catalog = useCatalog();
  const writes = useWrites(type.api_name);
  const scopeOf = useScopeOf(type);
  const { t } = useSpeech();
  const [moved, setMoved] = useState<ReadonlyMap<string, Move>>(new Map());
  const [refused, setRefused] = useState<{ id: string; reason: string } | null>(null);
  const [ask, setAsk] = useState<Ask | null>(null);
  const clearing = useRef<ReturnType<typeof setTimeout>>(undefined);

  const takeBack = (id: string) => {
    setMoved((old) => new Map([...old].filter(([key]) => key !== id)));
    setAsk((old) => (old?.record.id === id ? null : old));
  };
  const refuse = (id: string, error: unknown) => {
    complain(error, t);
    takeBack(id);
    setRefused({ id, reason: explain(error, t) });
    clearTimeout(clearing.current);
    clearing.current = setTimeout(() => setRefused(null), REFUSED_FOR_MS);
  };
  /** What the server still misses and a person could say here; whatever else it refuses is a refusal of the move. */
  const missing = (error: unknown, changes: Values) => {
    const found = placed(error, (name) => Boolean(catalog.field(type.api_name, name)), explain(error, t));
    const fields = Object.keys(found.fields).flatMap((name) => (name in changes ? [] : (catalog.field(type.api_name, name) ?? [])));
    const fillable = fields.length > 0 && fields.length === Object.keys(found.fields).length && fields.every(canFill) && found.record.length === 0;
    return fillable ? { fields, errors: found.fields } : null;
  };
  const send = async (record: RecordData, changes: Values, said: Values, name: string) => {
    try {
      await writes.patch(record, { ...changes, ...said }, { said: t("record.moved", { name }), quiet: true });
      await client.invalidateQueries({ queryKey: keys.lists(type.api_name) });
      takeBack(record.id);
    } catch (error) {
      const more = missing(error, changes);
      if (more) setAsk({ record, changes, name, ...more });
      else refuse(record.id, error);
    }
  };
  const move = async (card: RecordData, place: Place, name: string) => {
    let changes: Values = same(card, groupBy, place.key) ? {} : { [groupBy]: place.key };
    if (place.lane && !same(card, place.lane.field, place.lane.value)) changes[place.lane.field] = place.lane.value;
    if (Object.keys(changes).length === 0) return;
    if (ask) takeBack(ask.record.id);
    setRefused(null);
    setMoved((old) => new Map(old).set(card.id, { place, record: { ...card, ...changes } }));
    let record = card;
    if (groupBy in changes && mayAskMore(type, groupBy)) {
      try {
        record = await client.fetchQuery({ queryKey: keys.one(type.api_name, card.id), queryFn: ({ signal }) => api.get<RecordData>(`/records/${type.api_name}/${card.id}`, { signal }) });
      } catch (error) {
        return refuse(card.id, error);
      }
      const { values, cleared } = settle(type.fields, { ...record, ...changes }, groupBy);
      changes = { ...changes, ...Object.fromEntries(cleared.map((field) => [field.api_name, values[field.api_name]])) };
      const fields = needsOf(type, scopeOf({ ...record, ...changes }));
      if (fields.length) return setAsk({ record, changes, fields, errors: {}, name });
    }
    await send(record, changes, {}, name);
  };
  return {
    moved, refused, ask, move,
    answer: (said: Values) => (ask ? send(ask.record, ask.changes, said, ask.name) : Promise.resolve()),
    cancel: () => ask && takeBack(ask.record.id),
  };
}

export type BoardMoves = ReturnType<typeof useBoardMoves>;
