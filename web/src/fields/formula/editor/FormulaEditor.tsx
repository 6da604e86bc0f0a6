import { useId, useRef, useState, type KeyboardEvent } from "react";
import { useCatalog } from "@/api/catalog";
import { useSpeech } from "@/messages";
import { useDesignPlace } from "../../parts/design";
import { completed, suggestions, wordBefore, type Suggestion } from "./complete";
import styles from "./Editor.module.css";
import { Library } from "./Library";
import { Verdict } from "./Verdict";
import { useCheck, useFunctions, type Expect } from "./useCheck";

interface Props {
  label: string;
  value: string;
  onChange: (formula: string) => void;
  /** Whose fields are named; the object being shaped unless said otherwise. */
  object?: string | undefined;
  expect?: Expect | undefined;
  blankAsZero?: boolean | undefined;
  required?: boolean | undefined;
  help?: string | undefined;
  error?: string | undefined;
}

/** A formula as text, with names completed as they are typed and the server's word on it beneath. */
export function FormulaEditor({ label, value, onChange, object, expect, blankAsZero, required, help, error }: Props) {
  const catalog = useCatalog();
  const place = useDesignPlace();
  const { t, say } = useSpeech();
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState(0);
  const [at, setAt] = useState(0);
  const [open, setOpen] = useState(false);
  const [record, setRecord] = useState<string | null>(null);
  const about = object ?? place?.object;
  const functions = useFunctions().data?.functions ?? [];
  const checking = useCheck(about, value, { expect, blankAsZero, record });
  const list = open && about ? suggestions(catalog, about, functions, wordBefore(value, caret).word, say) : [];
  const active = list[Math.min(at, list.length - 1)];

  const put = (text: string, position: number) => {
    onChange(text);
    setOpen(false);
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(position, position);
      setCaret(position);
    });
  };
  const choose = (chosen: Suggestion) => {
    const next = completed(value, caret, chosen);
    put(next.text, next.caret);
  };
  const insert = (text: string, back = 0) => put(value.slice(0, caret) + text + value.slice(caret), caret + text.length - back);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!list.length || event.nativeEvent.isComposing) return;
    const keys: Record<string, () => void> = {
      ArrowDown: () => setAt((at + 1) % list.length), ArrowUp: () => setAt((at - 1 + list.length) % list.length),
      Enter: () => active && choose(active), Tab: () => active && choose(active), Escape: () => setOpen(false),
    };
    const run = keys[event.key];
    if (!run) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  };
  return (
    <div className={styles["editor"]}>
      <label htmlFor={id} className={styles["label"]}>{label}{required && <span className={styles["required"]} aria-hidden>*</span>}</label>
      <div className={styles["field"]}>
        <textarea
          ref={area} id={id} className={styles["area"]} rows={Math.min(10, Math.max(3, value.split("\n").length))} spellCheck={false} value={value} autoComplete="off"
          role="combobox" aria-autocomplete="list" aria-expanded={list.length > 0} aria-controls={`${id}-list`} aria-activedescendant={active ? `${id}-${list.indexOf(active)}` : undefined} aria-describedby={`${id}-verdict`}
          placeholder={t("formula.placeholder")}
          onChange={(event) => { onChange(event.target.value); setCaret(event.target.selectionStart); setAt(0); setOpen(true); }}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          onBlur={() => setOpen(false)}
          onKeyDown={onKeyDown}
        />
        <ul id={`${id}-list`} role="listbox" aria-label={t("formula.suggestions")} className={styles["list"]} hidden={!list.length}>
          {list.map((each, index) => (
            <li key={each.kind + each.text} id={`${id}-${index}`} role="option" aria-selected={each === active} className={styles["option"]} onMouseDown={(event) => { event.preventDefault(); choose(each); }}>
              <span>{each.name}</span><small>{each.note}</small>
            </li>
          ))}
        </ul>
      </div>
      {help && <span className={styles["help"]}>{help}</span>}
      {error && !checking.checked?.problems.length && <span className={styles["error"]} role="alert">{error}</span>}
      <Verdict id={`${id}-verdict`} object={about} formula={value} {...checking} record={record} onRecord={setRecord} onFix={(fault, text) => put(value.slice(0, fault.start) + text + value.slice(fault.end), fault.start + text.length)} onShow={(fault) => { area.current?.focus(); area.current?.setSelectionRange(fault.start, fault.end); }} />
      {about && <Library object={about} functions={functions} onInsert={insert} />}
    </div>
  );
}
