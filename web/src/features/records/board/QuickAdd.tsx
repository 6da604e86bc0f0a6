import { Button } from "antd";
import { Plus } from "lucide-react";
import { useRef, useState, type KeyboardEvent } from "react";
import type { Field } from "@/api/types";
import type { Values } from "@/features/base/write";
import { isEmptyValue } from "@/fields/contract";
import { useSpeech } from "@/messages";
import { NewField } from "../create/NewFields";
import { useNewRecord } from "../create/useNewRecord";
import { Faults } from "../form/Faults";
import { isRequired, isShown } from "../form/rules";
import { listIsOpen } from "./AskForm";
import styles from "./Board.module.css";
import { canFill } from "./needs";
import { useSetting } from "./setting";

/** The name of a new card and what this column requires of it; stays open for the next one. */
function Form({ preset, onClose }: { preset: Values; onClose: () => void }) {
  const { t, say } = useSpeech();
  const { type } = useSetting();
  const record = useNewRecord(type, preset);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const [given] = useState(() => new Set(Object.keys(record.values).filter((name) => !isEmptyValue(record.values[name]))));
  const isNeeded = (field: Field) => !given.has(field.api_name) && isRequired(field, record.scope) && isShown(field, record.scope);
  const asked = type.fields.filter((field) => canFill(field) && (field.api_name === type.title_field || field.api_name in record.errors.fields || isNeeded(field)));
  const fields = [...asked].sort((a, b) => Number(b.api_name === type.title_field) - Number(a.api_name === type.title_field));
  const save = async () => {
    setBusy(true);
    const made = await record.save();
    setBusy(false);
    if (!made) return;
    record.restart();
    form.current?.querySelector<HTMLElement>("input, textarea")?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !listIsOpen()) onClose();
    event.stopPropagation();
  };
  return (
    <form ref={form} className={styles["ask"]} noValidate aria-label={t("action.createOne", { label: say(type.label) })} data-testid="board-quick-add" onKeyDown={onKeyDown} onSubmit={(event) => { event.preventDefault(); void save(); }}>
      <Faults messages={record.errors.record} />
      {fields.map((field, index) => <NewField key={field.id} field={field} form={record} autoFocus={index === 0} />)}
      <div className={styles["askFoot"]}>
        <Button size="small" onClick={onClose}>{t("action.close")}</Button>
        <Button size="small" type="primary" htmlType="submit" loading={busy}>{t("board.add")}</Button>
      </div>
    </form>
  );
}

/** At the foot of a column: a new card in place. */
export function QuickAdd({ preset, name }: { preset: Values; name: string }) {
  const { t } = useSpeech();
  const { type } = useSetting();
  const [open, setOpen] = useState(false);
  if (!type.permissions.create) return null;
  if (open) return <Form preset={preset} onClose={() => setOpen(false)} />;
  return <button type="button" className={styles["add"]} aria-label={t("board.addTo", { name })} onClick={() => setOpen(true)}><Plus size={14} aria-hidden />{t("board.add")}</button>;
}
