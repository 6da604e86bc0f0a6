import { Button, Input, Segmented } from "antd";
import { useState } from "react";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import type { ViewDraft } from "./views";
import { useIsAdministrator } from "@/api/session";

interface Props {
  title: string;
  initial: ViewDraft;
  onSave: (draft: ViewDraft) => Promise<unknown>;
  onClose: () => void;
}

export function ViewPanel({ title, initial, onSave, onClose }: Props) {
  const { t } = useSpeech();
  const mayShare = useIsAdministrator();
  const [draft, setDraft] = useState(initial);
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    const saved = await onSave(draft);
    setBusy(false);
    if (saved) onClose();
  };
  const ready = draft.name.trim() !== "";
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
      {mayShare && <FormRow label={t("list.viewVisibility")}>
        {() => (
          <Segmented
            aria-label={t("list.viewVisibility")}
            value={draft.visibility}
            options={[{ value: "private", label: t("list.viewPrivate") }, { value: "shared", label: t("list.viewShared") }]}
            onChange={(visibility) => setDraft({ ...draft, visibility: visibility as ViewDraft["visibility"] })}
          />
        )}
      </FormRow>}
    </Panel>
  );
}
