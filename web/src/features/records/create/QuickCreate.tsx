import { Button } from "antd";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useRef, useState } from "react";
import type { Field, ObjectType } from "@/api/types";
import { DuplicateHints } from "@/features/base/DuplicateHints";
import { useDuplicates } from "@/features/base/duplicates";
import type { Scope } from "@/features/base/filters/evaluate";
import type { Values } from "@/features/base/write";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { Panel } from "@/ui/Panel";
import { toast } from "@/ui/toast";
import { Faults } from "../form/Faults";
import { isRequired, isShown } from "../form/rules";
import { AllFields, NewField } from "./NewFields";
import { useNewRecord } from "./useNewRecord";

const ClashHint = lazy(() => import("@/features/base/ClashHint"));
const writable = (field: Field) => !field.readonly && !field.system && !fieldUi(field).virtual;

/** Quick fields first, then whatever is required under what is typed, or already filled. */
function fieldsToAsk(type: ObjectType, preset: Values, scope: Scope): Field[] {
  const byName = new Map(type.fields.map((field) => [field.api_name, field]));
  const needed = type.fields.filter((field) => isRequired(field, scope)).map((field) => field.api_name);
  const names = new Set([...type.quick_create, ...needed, ...Object.keys(preset)]);
  return [...names].flatMap((name) => {
    const field = byName.get(name);
    return field && (writable(field) || name in preset) && isShown(field, scope) ? [field] : [];
  });
}

interface Props {
  type: ObjectType;
  preset: Values;
  onClose: () => void;
}

/** A record in a few fields, or in all of them; what the server refuses is shown at its place and nothing typed is lost. */
export function QuickCreate({ type, preset, onClose }: Props) {
  const { t, say } = useSpeech();
  const navigate = useNavigate();
  const record = useNewRecord(type, preset);
  const [all, setAll] = useState(false);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const few = fieldsToAsk(type, preset, record.scope);
  // A refusal may lie at a field that the few do not show.
  const elsewhere = [...Object.keys(record.errors.fields), ...Object.keys(record.errors.rows)].some((name) => !few.some((field) => field.api_name === name));
  const whole = all || elsewhere;

  const hints = useDuplicates(type.api_name, record.values);
  const refused = record.duplicates;
  const save = async (another: boolean, acceptDuplicates = false) => {
    setBusy(true);
    const made = await record.save(acceptDuplicates);
    setBusy(false);
    if (!made) return;
    const name = String(made[type.title_field] ?? "");
    toast(t("create.created", { name }), { action: { label: t("action.open"), run: () => void navigate({ to: "/o/$object/$id", params: { object: type.api_name, id: made.id } }) } });
    if (!another) return onClose();
    setAll(whole);
    record.restart();
    form.current?.querySelector<HTMLElement>("input, textarea")?.focus();
  };
  return (
    <Panel
      wide={whole}
      title={t("create.title", { label: say(type.label) })}
      onClose={onClose}
      footer={
        <>
          <Button disabled={busy} onClick={() => void save(true)}>{t("create.another")}</Button>
          <Button type="primary" loading={busy} onClick={() => void save(false)}>{t("create.save")}</Button>
        </>
      }
    >
      <form
        ref={form}
        noValidate
        data-testid="quick-create"
        onSubmit={(event) => {
          event.preventDefault();
          void save(false);
        }}
      >
        <Faults messages={record.errors.record} />
        {type.api_name === "deal_registration" && <Suspense fallback={null}><ClashHint quiet customer={String(record.values["customer"] ?? "")} creditCode={String(record.values["credit_code"] ?? "")} /></Suspense>}
        <DuplicateHints matches={refused.length ? refused : hints}>
          {refused.length > 0 && refused.every((match) => match.action !== "block") && <Button size="small" loading={busy} onClick={() => void save(false, true)}>{t("dup.allTheSame")}</Button>}
        </DuplicateHints>
        {whole ? <AllFields type={type} form={record} ask={(field) => writable(field) || field.api_name in preset} /> : few.map((field, index) => <NewField key={field.id} field={field} form={record} autoFocus={index === 0} />)}
        {!whole && <Button type="text" size="small" onClick={() => setAll(true)}>{t("create.more")}</Button>}
        <button type="submit" hidden />
      </form>
    </Panel>
  );
}
