import { Button } from "antd";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { ProblemError } from "@/api/client";
import { useCatalog } from "@/api/catalog";
import { useSession } from "@/api/session";
import type { Field, ObjectType } from "@/api/types";
import { useWrites, type Values } from "@/features/base/write";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";

const writable = (field: Field) => !field.readonly && !field.system;

/** Quick fields first, then whatever is required or already filled; the rest only when asked for. */
export function fieldsToAsk(type: ObjectType, preset: Values, all: boolean): Field[] {
  const byName = new Map(type.fields.map((field) => [field.api_name, field]));
  const names = new Set([...type.quick_create, ...type.fields.filter((field) => field.required).map((field) => field.api_name), ...Object.keys(preset)]);
  if (all) for (const field of type.fields) names.add(field.api_name);
  return [...names].flatMap((name) => {
    const field = byName.get(name);
    return field && (writable(field) || name in preset) ? [field] : [];
  });
}

interface Props {
  type: ObjectType;
  preset: Values;
  onClose: () => void;
}

/** A record in a few fields; what the server refuses is shown at its field and nothing typed is lost. */
export function QuickCreate({ type, preset, onClose }: Props) {
  const { t, say } = useSpeech();
  const navigate = useNavigate();
  const writes = useWrites(type.api_name);
  const catalog = useCatalog();
  const { user } = useSession();
  const initial = () => {
    const path = type.layout.path ? catalog.field(type.api_name, type.layout.path) : undefined;
    const first = path?.config.choices?.find((choice) => !choice.archived)?.key;
    const owner = catalog.field(type.api_name, "owner") ? { owner: { id: user.id, label: user.name } } : {};
    return { ...(path && first ? { [path.api_name]: first } : {}), ...owner, ...preset };
  };
  const [values, setValues] = useState<Values>(initial);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [all, setAll] = useState(false);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const fields = fieldsToAsk(type, preset, all);

  const save = async (another: boolean) => {
    setBusy(true);
    setErrors({});
    try {
      const record = await writes.create(values);
      const name = String(record[type.title_field] ?? "");
      toast(t("create.created", { name }), { action: { label: t("action.open"), run: () => void navigate({ to: "/o/$object/$id", params: { object: type.api_name, id: record.id } }) } });
      if (another) {
        setValues(initial());
        form.current?.querySelector<HTMLElement>("input, textarea")?.focus();
      } else onClose();
    } catch (error) {
      const found = error instanceof ProblemError ? error.fields : {};
      setErrors(found);
      if (Object.keys(found).some((name) => !fields.some((field) => field.api_name === name))) setAll(true);
      if (Object.keys(found).length === 0) complain(error, t);
      else toast(t("create.checkFields"), { tone: "danger" });
    }
    setBusy(false);
  };
  return (
    <Panel
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
        {fields.map((field, index) => {
          const { Editor } = fieldUi(field);
          return (
            <FormRow key={field.id} label={say(field.label)} required={field.required} help={say(field.help) || undefined} error={errors[field.api_name]}>
              {({ id, describedBy, invalid }) => (
                <Editor id={id} describedBy={describedBy} invalid={invalid} autoFocus={index === 0} field={field} value={values[field.api_name] ?? null} onChange={(value) => setValues((old) => ({ ...old, [field.api_name]: value }))} />
              )}
            </FormRow>
          );
        })}
        {!all && <Button type="text" size="small" onClick={() => setAll(true)}>{t("create.more")}</Button>}
        <button type="submit" hidden />
      </form>
    </Panel>
  );
}
