import { Input } from "antd";
import type { TextAreaRef } from "antd/es/input/TextArea";
import { useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";
import { useCandidates } from "@/fields/relation/references";
import { useSpeech } from "@/messages";
import styles from "./Composer.module.css";
import { begun, completed, type Mentioned } from "./mention";

interface Props {
  value: string;
  label: string;
  placeholder: string;
  minRows: number;
  /** Whether @ offers people. */
  mentions: boolean;
  onChange: (text: string, mentioned?: Mentioned) => void;
  onSave: () => void;
  onFocus?: () => void;
  /** While it is being saved: what would be typed then would be lost. */
  readOnly?: boolean;
  autoFocus?: boolean;
}

/** The text being written; after @ the people whose name begins so are offered beneath it. */
export function MentionText({ value, label, placeholder, minRows, mentions, onChange, onSave, onFocus, readOnly = false, autoFocus = false }: Props) {
  const { t } = useSpeech();
  const listId = useId();
  const area = useRef<TextAreaRef>(null);
  const placed = useRef<{ text: string; caret: number } | null>(null);
  const [caret, setCaret] = useState(0);
  const [at, setAt] = useState(0);
  const [closed, setClosed] = useState<number | null>(null);
  const typed = mentions ? begun(value, caret) : null;
  const open = typed !== null && closed !== typed.from;
  const { options } = useCandidates("user", typed?.word ?? "", open);
  const offered = open ? options.slice(0, 6) : [];
  const chosen = Math.min(at, offered.length - 1);

  const take = (index: number) => {
    const person = offered[index];
    if (!person || !typed) return;
    const next = completed(value, typed.from, caret, { id: person.value, name: person.text });
    onChange(next.text, { id: person.value, name: person.text });
    setCaret(next.caret);
    setAt(0);
    placed.current = next;
  };
  // With the text itself, not a frame later: whoever types on at once would find the caret moved under their hands.
  useLayoutEffect(() => {
    const element = area.current?.resizableTextArea?.textArea;
    const next = placed.current;
    if (!next || !element || element.value !== next.text) return;
    placed.current = null;
    element.focus();
    element.setSelectionRange(next.caret, next.caret);
  });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return onSave();
    if (offered.length === 0 || event.nativeEvent.isComposing) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step) setAt((chosen + step + offered.length) % offered.length);
    else if (event.key === "Enter" || event.key === "Tab") take(chosen);
    else if (event.key === "Escape") setClosed(typed?.from ?? null);
    else return;
    event.preventDefault();
  };
  return (
    <>
      {/* An empty field has its height by its rows: measuring it would lay the whole page out anew while it is being made. */}
      <Input.TextArea
        ref={area} variant="borderless" rows={minRows} autoSize={value ? { minRows, maxRows: 10 } : false} style={{ resize: "none" }} value={value} maxLength={10_000} aria-label={label} placeholder={placeholder}
        readOnly={readOnly} autoFocus={autoFocus} aria-autocomplete={mentions ? "list" : undefined} aria-controls={offered.length ? listId : undefined} aria-activedescendant={offered.length ? `${listId}-${chosen}` : undefined}
        onFocus={() => onFocus?.()} onKeyDown={onKeyDown} onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
        onChange={(event) => {
          setCaret(event.target.selectionStart);
          onChange(event.target.value);
        }}
      />
      {mentions && (
        <ul id={listId} role="listbox" aria-label={t("composer.people")} className={styles["people"]} hidden={offered.length === 0}>
          {offered.map((person, index) => (
            <li key={person.value} id={`${listId}-${index}`} role="option" aria-selected={index === chosen} className={styles["one"]} onMouseDown={(event) => { event.preventDefault(); take(index); }}>{person.node}</li>
          ))}
        </ul>
      )}
    </>
  );
}
