import { useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import { api } from "@/api/client";
import type { Field, Page, RecordData, Reference } from "@/api/types";
import { useSpeech } from "@/messages";
import { useSettled } from "@/ui/hooks";
import { Mark } from "@/ui/Mark";
import type { EditorProps, FilterProps } from "../contract";
import { Choose, type Option } from "../parts/Choose";

export const ME = "me";
/** Words that stand for whoever looks; the server puts in the ids. Those that may be several go with "is any of". */
const WORDS = {
  user: { one: [[ME, "value.me"]], many: [[ME, "value.me"], ["my_subordinates", "value.mySubordinates"]] },
  department: { one: [["my_department", "value.myDepartment"]], many: [["my_department", "value.myDepartment"], ["my_departments", "value.myDepartments"], ["my_departments_and_below", "value.myDepartmentsBelow"]] },
} as const;
const wordsFor = (target: string | undefined, many: boolean) => (target === "user" || target === "department" ? WORDS[target][many ? "many" : "one"] : []);
const ALL_WORDS = new Map<string, "value.me" | "value.mySubordinates" | "value.myDepartment" | "value.myDepartments" | "value.myDepartmentsBelow">([...WORDS.user.many, ...WORDS.department.many]);
export const isReference = (value: unknown): value is Reference => typeof value === "object" && value !== null && "id" in value;
const idOf = (value: unknown): string | null => (isReference(value) ? value.id : typeof value === "string" ? value : null);

/** Looks up records of a relation's target by what is typed, on the server. */
export function useCandidates(target: string | undefined, typed: string, open: boolean): { options: (Option & { reference: Reference })[]; loading: boolean } {
  const catalog = useCatalog();
  const type = target ? catalog.object(target) : undefined;
  const text = useSettled(typed, 180);
  const found = useQuery({
    queryKey: ["candidates", target, text],
    enabled: Boolean(type) && open,
    staleTime: 30_000,
    queryFn: ({ signal }) => {
      const select = [type!.title_field, ...(type!.subtitle_field ? [type!.subtitle_field] : [])];
      return api.post<Page>(`/records/${target}/query`, { select, limit: 20, ...(text ? { search: text } : {}) }, { signal });
    },
  });
  const options = (found.data?.records ?? []).map((record) => {
    const label = String(record[type!.title_field] ?? record.id);
    const subtitle = type!.subtitle_field ? record[type!.subtitle_field] : null;
    const node = (
      <span style={{ display: "inline-flex", gap: 8, alignItems: "center" }}>
        <Mark name={label} size={18} />
        {label}
        {typeof subtitle === "string" && <span style={{ color: "var(--faint)", fontSize: 12 }}>{subtitle}</span>}
      </span>
    );
    return { value: record.id, text: label, node, reference: { id: record.id, label } };
  });
  return { options, loading: found.isFetching };
}

export function ReferenceEditor({ value, field, onChange, onCommit, onCancel, ...rest }: EditorProps) {
  const catalog = useCatalog();
  const { t } = useSpeech();
  const [typed, setTyped] = useState("");
  const { options, loading } = useCandidates(catalog.reached(field), typed, true);
  const current = isReference(value) ? value : null;
  const shown: Option[] = current && !options.some((option) => option.value === current.id) ? [...options, { value: current.id, text: current.label ?? current.id }] : options;
  return (
    <Choose
      {...rest}
      value={current?.id ?? null}
      options={shown}
      loading={loading}
      placeholder={t("value.searchPlaceholder")}
      clearable={!field.required}
      onSearch={setTyped}
      onCancel={onCancel}
      onLeave={() => onCancel?.()}
      onPick={(id) => {
        const next = options.find((option) => option.value === id)?.reference ?? null;
        onChange(next);
        onCommit?.(next);
      }}
    />
  );
}

/** Filters hold ids; their labels are read back so that a chip can say a name. */
function useLabels(field: Field, value: unknown): Map<string, string> {
  const catalog = useCatalog();
  const target = catalog.reached(field);
  const title = target ? catalog.object(target)?.title_field : undefined;
  const ids = (Array.isArray(value) ? value : [value]).map(idOf).filter((id): id is string => Boolean(id) && !ALL_WORDS.has(id ?? ""));
  const answers = useQueries({
    queries: ids.map((id) => ({ queryKey: ["records", target, "one", id], staleTime: 60_000, queryFn: () => api.get<RecordData>(`/records/${target}/${id}`) })),
  });
  return new Map(ids.map((id, index) => [id, String((title && answers[index]?.data?.[title]) || "…")]));
}

export function ReferenceFilterText({ value, field }: { value: unknown; field: Field }) {
  const { t } = useSpeech();
  const labels = useLabels(field, value);
  const ids = (Array.isArray(value) ? value : [value]).map(idOf);
  return <>{ids.map((id) => {
    const word = ALL_WORDS.get(id ?? "");
    return word ? t(word) : labels.get(id ?? "");
  }).join(t("list.comma"))}</>;
}

export function ReferenceFilter({ value, onChange, field, many, label, placeholder }: FilterProps) {
  const catalog = useCatalog();
  const { t } = useSpeech();
  const [typed, setTyped] = useState("");
  const { options, loading } = useCandidates(catalog.reached(field), typed, true);
  const labels = useLabels(field, value);
  const own: Option[] = wordsFor(catalog.reached(field), many).map(([value, key]) => ({ value, text: t(key) }));
  const kept = [...labels].filter(([id]) => !options.some((option) => option.value === id)).map(([id, text]) => ({ value: id, text }));
  const ids = many ? (Array.isArray(value) ? value : value ? [value] : []) : Array.isArray(value) ? (value[0] ?? null) : (value ?? null);
  return <Choose many={many} label={label} value={ids as string | string[] | null} options={[...own, ...options, ...kept]} loading={loading} onSearch={setTyped} onPick={onChange} {...(placeholder ? { placeholder } : {})} />;
}

export const referenceText = (value: unknown) => (isReference(value) ? (value.label ?? "") : "");
export const referenceToWrite = (value: unknown) => idOf(value);

const references = (value: unknown): Reference[] => (Array.isArray(value) ? value.filter(isReference) : []);
export const referencesText = (value: unknown) => references(value).map((each) => each.label ?? "").filter(Boolean).join(", ");
export const referencesToWrite = (value: unknown) => (Array.isArray(value) && value.length ? value.map(idOf).filter(Boolean) : null);

/** Several records of one object, in the order in which they were chosen. */
export function ReferencesEditor({ value, field, onChange, onCommit, onCancel, ...rest }: EditorProps) {
  const catalog = useCatalog();
  const { t } = useSpeech();
  const [typed, setTyped] = useState("");
  const { options, loading } = useCandidates(catalog.reached(field), typed, true);
  const chosen = references(value);
  const kept: Option[] = chosen.filter((each) => !options.some((option) => option.value === each.id)).map((each) => ({ value: each.id, text: each.label ?? t("value.outOfSight") }));
  const pick = (ids: string[]) => ids.map((id) => chosen.find((each) => each.id === id) ?? options.find((option) => option.value === id)?.reference).filter((each): each is Reference => each !== undefined);
  return (
    <Choose
      {...rest}
      many
      value={chosen.map((each) => each.id)}
      options={[...options, ...kept]}
      loading={loading}
      placeholder={t("value.searchPlaceholder")}
      onSearch={setTyped}
      onCancel={onCancel}
      onPick={(ids) => {
        const next = pick(Array.isArray(ids) ? ids : []);
        onChange(next.length ? next : null);
      }}
      onLeave={() => (onCommit ? onCommit(chosen.length ? chosen : null) : onCancel?.())}
    />
  );
}
