import { Button } from "antd";
import { useState, type FormEvent, type KeyboardEvent } from "react";
import type { Values } from "@/features/base/write";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { narrowed } from "../form/rules";
import { useScopeOf } from "../form/useScope";
import styles from "./Board.module.css";
import { needsOf } from "./needs";
import { useSetting } from "./setting";
import type { Ask } from "./useBoardMoves";

/** An open list of choices closes before the form around it does. */
export const listIsOpen = () => document.querySelector(".ant-select-dropdown:not(.ant-select-dropdown-hidden), .ant-picker-dropdown:not(.ant-picker-dropdown-hidden)") !== null;

/** What a column requires of a card dropped on it, asked for where it was dropped. */
export function AskForm({ ask }: { ask: Ask }) {
  const { t, say } = useSpeech();
  const { type, moves } = useSetting();
  const scopeOf = useScopeOf(type);
  const [typed, setTyped] = useState<Values>({});
  const [busy, setBusy] = useState(false);
  const scope = scopeOf({ ...ask.record, ...ask.changes, ...typed });
  // What is typed may bring up the next condition.
  const more = needsOf(type, scope).filter((field) => !ask.fields.some((each) => each.api_name === field.api_name));
  const onSubmit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    await moves.answer(typed);
    setBusy(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !listIsOpen()) moves.cancel();
    event.stopPropagation();
  };
  return (
    <form className={styles["ask"]} aria-label={t("board.asks", { name: ask.name })} noValidate onSubmit={(event) => void onSubmit(event)} onKeyDown={onKeyDown} data-testid="board-ask">
      <p className={styles["askFor"]}>{t("board.asks", { name: ask.name })}</p>
      {[...ask.fields, ...more].map((field, index) => {
        const { Editor } = fieldUi(field);
        const shown = narrowed({ ...field, required: true }, scope.values);
        return (
          <FormRow key={field.id} label={say(field.label)} required help={say(field.help) || undefined} error={ask.errors[field.api_name]}>
            {({ id, describedBy, invalid }) => <Editor id={id} describedBy={describedBy} invalid={invalid} autoFocus={index === 0} field={shown} value={scope.values[field.api_name] ?? null} onChange={(value) => setTyped((old) => ({ ...old, [field.api_name]: value }))} />}
          </FormRow>
        );
      })}
      <div className={styles["askFoot"]}>
        <Button size="small" onClick={() => moves.cancel()}>{t("action.cancel")}</Button>
        <Button size="small" type="primary" htmlType="submit" loading={busy}>{t("action.save")}</Button>
      </div>
    </form>
  );
}
