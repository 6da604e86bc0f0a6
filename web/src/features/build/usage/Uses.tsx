import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import { api } from "@/api/client";
import type { Choice } from "@/api/types";
import { PickRow } from "@/fields/parts/ConfigRows";
import { messages, useSpeech, type MessageKey } from "@/messages";
import { Bone } from "@/ui/State";
import styles from "../Build.module.css";
import { draftKeys } from "../draft/api";
import { useDraft } from "../draft/context";
import type { Filled, Use } from "../model";

function useUses(object: string, field: string | undefined, choice: string | undefined) {
  // What the draft only just made is used by nothing yet.
  const standing = useDraft().stands(object, field);
  return useQuery({
    queryKey: [...draftKeys.usage(object, field, choice), standing], staleTime: 15_000, retry: false,
    queryFn: () => (standing ? api.get<{ uses: Use[] }>("/metadata/usage", { query: { object, field, choice } }).then((found) => found.uses) : []),
  });
}

export interface FilledFields {
  total: number;
  sampled: boolean;
  fields: Record<string, Filled>;
}
/** How full the fields of an object are, as it is published; none of an object that only the draft has. */
export function useFilled(object: string) {
  const standing = useDraft().stands(object);
  return useQuery({ queryKey: draftKeys.filled(object), enabled: standing, staleTime: 60_000, retry: false, queryFn: () => api.get<FilledFields>(`/metadata/usage/fields/${object}`) });
}

function useUseText() {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  return (use: Use) => {
    const kind = `use.${use.kind}` in messages ? t(`use.${use.kind}` as MessageKey as "use.view") : use.kind;
    const field = use.field ? say(catalog.field(use.object, use.field)?.label) || use.field : "";
    const name = use.kind === "condition" && use.name && `setting.${use.name}` in messages ? t(`setting.${use.name}` as MessageKey as "setting.label") : (use.name ?? "");
    return { kind, place: [say(catalog.object(use.object)?.label) || use.object, field, name].filter(Boolean).join(" \u00b7 ") };
  };
}

/** Where an object, a field or a choice is used; whoever removes it sees what it takes along. */
export function UsesOf({ object, field, choice }: { object: string; field?: string | undefined; choice?: string | undefined }) {
  const { t } = useSpeech();
  const uses = useUses(object, field, choice);
  const text = useUseText();
  if (uses.isPending) return <Bone width="40%" />;
  if (uses.isError) return null;
  if (uses.data.length === 0) return <p className={styles["hint"]}>{t("use.none")}</p>;
  return (
    <ul className={styles["uses"]} aria-label={t("use.title")} data-testid="uses">
      {uses.data.map((use, index) => {
        const { kind, place } = text(use);
        return <li key={index}><small>{kind}</small>{place}</li>;
      })}
    </ul>
  );
}

/** Where a field is used; of a field of choices, one may ask of each choice. */
export function UsesOfField({ object, field, choices }: { object: string; field: string; choices: readonly Choice[] }) {
  const { t, say } = useSpeech();
  const [choice, setChoice] = useState<string | null>(null);
  const options = choices.filter((each) => each.key).map((each) => ({ value: each.key, text: say(each.label) || each.key }));
  return (
    <>
      {options.length > 0 && <PickRow label={t("use.ofChoice")} clearable value={choice} options={options} onChange={setChoice} />}
      <UsesOf object={object} field={field} choice={choice ?? undefined} />
    </>
  );
}
