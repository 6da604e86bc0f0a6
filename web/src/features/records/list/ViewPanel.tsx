import { useQuery } from "@tanstack/react-query";
import { Button, Input, Segmented } from "antd";
import { useState } from "react";
import { api } from "@/api/client";
import { useIsAdministrator, usePower } from "@/api/session";
import type { Field, Localized, ObjectType, ViewConfig, ViewKind } from "@/api/types";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { choiceFields, dateFields, imageFields, kindsFor } from "@/features/base/viewKinds";
import type { ViewDraft } from "./views";

interface Props {
  title: string;
  initial: ViewDraft;
  /** Given for a new view: its kind, and what that is drawn by, is chosen too. */
  type?: ObjectType;
  onSave: (draft: ViewDraft) => Promise<unknown>;
  onClose: () => void;
}

type Member = "date_field" | "end_field" | "image_field" | "group_by";

/** Dates of the object's own come before those every record has. */
const daysOf = (type: ObjectType) => [...dateFields(type)].sort((a, b) => Number(a.system) - Number(b.system));

/** What was left as offered is said in the view, so that a field added later does not take its place. */
function drawnBy(type: ObjectType, { kind, config = {} }: ViewDraft): ViewConfig {
  const first = (fields: Field[]) => fields[0]?.api_name ?? null;
  if (kind === "board") return { group_by: first(choiceFields(type)), ...config };
  if (kind === "calendar") return { date_field: first(daysOf(type)), ...config };
  return kind === "gallery" ? { image_field: first(imageFields(type)), ...config } : config;
}

/** What a view of a kind is drawn by. */
function DrawnBy({ type, draft, onChange }: { type: ObjectType; draft: ViewDraft; onChange: (config: ViewConfig) => void }) {
  const { t, say } = useSpeech();
  const config = drawnBy(type, draft);
  const pick = (member: Member, label: string, fields: Field[], clearable: boolean) => (
    <FormRow key={member} label={label}>
      {({ id }) => <Choose id={id} value={config[member] ?? null} clearable={clearable} options={fields.map((field) => ({ value: field.api_name, text: say(field.label) }))} onPick={(next) => onChange({ ...config, [member]: next as string | null })} />}
    </FormRow>
  );
  if (draft.kind === "board") return pick("group_by", t("board.groupBy"), choiceFields(type), false);
  if (draft.kind === "calendar") return <>{pick("date_field", t("calendar.dateField"), daysOf(type), false)}{pick("end_field", t("calendar.endField"), daysOf(type).filter((field) => !field.system), true)}</>;
  if (draft.kind === "gallery" && imageFields(type).length > 0) return pick("image_field", t("gallery.imageField"), imageFields(type), false);
  return null;
}

export function ViewPanel({ title, initial, type, onSave, onClose }: Props) {
  const { t, say } = useSpeech();
  const mayShare = useIsAdministrator();
  const knowsRoles = usePower("roles");
  const roles = useQuery({ queryKey: ["access", "roles"], enabled: mayShare && knowsRoles, queryFn: () => api.get<{ roles: { key: string; label: Localized }[] }>("/roles"), select: (data) => data.roles }).data;
  const [draft, setDraft] = useState(initial);
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    const saved = await onSave(type ? { ...draft, config: drawnBy(type, draft) } : draft);
    setBusy(false);
    if (saved) onClose();
  };
  const ready = draft.name.trim() !== "" && (draft.visibility !== "roles" || draft.roles.length > 0);
  const audiences = [{ value: "private", label: t("list.viewPrivate") }, { value: "shared", label: t("list.viewShared") }, ...(roles ? [{ value: "roles", label: t("list.viewRoles") }] : [])];
  return (
    <Panel
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button type="primary" loading={busy} disabled={!ready} onClick={() => void save()}>{t("action.save")}</Button>
        </>
      }
    >
      <FormRow label={t("list.viewName")} required>
        {({ id }) => <Input id={id} autoFocus value={draft.name} maxLength={60} onChange={(event) => setDraft({ ...draft, name: event.target.value })} onPressEnter={() => ready && void save()} />}
      </FormRow>
      {type && (
        <FormRow label={t("list.viewKind")}>
          {() => <Segmented block aria-label={t("list.viewKind")} value={draft.kind ?? "list"} options={kindsFor(type).map((kind) => ({ value: kind, label: t(`view.${kind}`) }))} onChange={(kind) => setDraft({ ...draft, kind: kind as ViewKind })} />}
        </FormRow>
      )}
      {type && <DrawnBy type={type} draft={draft} onChange={(config) => setDraft({ ...draft, config })} />}
      {mayShare && (
        <FormRow label={t("list.viewVisibility")}>
          {() => <Segmented aria-label={t("list.viewVisibility")} value={draft.visibility} options={audiences} onChange={(visibility) => setDraft({ ...draft, visibility: visibility as ViewDraft["visibility"] })} />}
        </FormRow>
      )}
      {mayShare && draft.visibility === "roles" && roles && (
        <FormRow label={t("list.viewRoles")} required>
          {({ id }) => <Choose id={id} many value={draft.roles} options={roles.map((role) => ({ value: role.key, text: say(role.label) }))} onPick={(next) => setDraft({ ...draft, roles: (next as string[] | null) ?? [] })} />}
        </FormRow>
      )}
    </Panel>
  );
}
