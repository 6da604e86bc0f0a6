import { useQuery } from "@tanstack/react-query";
import { Button, Input, Segmented } from "antd";
import { useState } from "react";
import { api } from "@/api/client";
import { useIsAdministrator, usePower } from "@/api/session";
import type { Localized, ObjectType, ViewKind } from "@/api/types";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { useIsPhone } from "@/ui/hooks";
import { Panel } from "@/ui/Panel";
import { kindsFor, viewIcon } from "@/features/base/viewKinds";
import { DrawnBy } from "../view/DrawnBy";
import { drawnBy } from "../view/drawing";
import type { ViewDraft } from "./views";

interface Props {
  title: string;
  initial: ViewDraft;
  /** Given where it is said what the view is drawn by; of a new one its kind is chosen too. */
  type?: ObjectType;
  isNew?: boolean;
  onSave: (draft: ViewDraft) => Promise<unknown>;
  onClose: () => void;
}

export function ViewPanel({ title, initial, type, isNew = false, onSave, onClose }: Props) {
  const { t, say } = useSpeech();
  const mayShare = useIsAdministrator();
  const knowsRoles = usePower("roles");
  const roles = useQuery({ queryKey: ["access", "roles"], enabled: mayShare && knowsRoles, queryFn: () => api.get<{ roles: { key: string; label: Localized }[] }>("/roles"), select: (data) => data.roles }).data;
  const [draft, setDraft] = useState(initial);
  const [busy, setBusy] = useState(false);
  const isPhone = useIsPhone();
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
      {type && isNew && (
        <FormRow label={t("list.viewKind")}>
          {() => <Segmented block size="small" aria-label={t("list.viewKind")} value={draft.kind ?? "list"} options={kindsFor(type).map((kind) => { const Icon = viewIcon[kind]; return { value: kind, icon: <Icon size={14} aria-hidden />, label: t(`view.${kind}`) }; })} vertical={isPhone} onChange={(kind) => setDraft({ ...draft, kind: kind as ViewKind })} />}
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
