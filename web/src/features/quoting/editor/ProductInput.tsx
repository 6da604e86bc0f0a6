import { useEffect, useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";
import { createPortal } from "react-dom";
import type { Money, RecordData, Reference } from "@/api/types";
import { useSpeech } from "@/messages";
import { formatMoney } from "@/ui/format";
import { isMoney } from "../model/types";
import styles from "./Lines.module.css";
import { useProducts } from "./useProducts";

type Taking = "enter" | "tab" | "blur";
interface Props {
  label: string;
  begin: string;
  /** What was typed replaces what stood there; else it is all selected. */
  replace: boolean;
  invalid: boolean;
  onPick: (product: Reference, by: Taking) => void;
  /** Words whose product is not known yet. */
  onSeek: (words: string, by: Taking) => void;
  /** A line of words alone. */
  onWords: (words: string, by: Taking) => void;
  onLeave: (by: Taking | "back") => void;
  onCancel: () => void;
}

const HEIGHT = 300;

/** Where the list lies: below the cell, above it where there is no room. */
function usePlace(input: React.RefObject<HTMLInputElement | null>) {
  const [place, setPlace] = useState<React.CSSProperties>({ visibility: "hidden" });
  useLayoutEffect(() => {
    const box = input.current?.getBoundingClientRect();
    if (!box) return;
    const below = window.innerHeight - box.bottom;
    const left = Math.max(8, Math.min(box.left, window.innerWidth - 328));
    setPlace(below < HEIGHT && box.top > below ? { left, bottom: window.innerHeight - box.top + 4, maxHeight: Math.min(HEIGHT, box.top - 8) } : { left, top: box.bottom + 4, maxHeight: Math.min(HEIGHT, below - 8) });
  }, [input]);
  return place;
}

/** A product by name or code, chosen without leaving the keyboard; words that name none make a line of their own. */
export function ProductInput({ label, begin, replace, invalid, onPick, onSeek, onWords, onLeave, onCancel }: Props) {
  const { t, language } = useSpeech();
  const list = useId();
  const input = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  const [typed, setTyped] = useState(begin);
  const [touched, setTouched] = useState(replace);
  const [chosen, setChosen] = useState(0);
  const { products, settled } = useProducts(touched ? typed : "");
  const place = usePlace(input);
  const words = touched ? typed.trim() : "";
  useEffect(() => {
    if (!replace) input.current?.select();
  }, [replace]);
  const finish = (run: () => void) => {
    if (done.current) return;
    done.current = true;
    run();
  };
  const take = (by: Taking) => {
    const product = products[chosen];
    if (!touched) finish(() => onLeave(by));
    // Enter came before its answer: the product is looked up while typing goes on.
    else if (!settled && words) finish(() => onSeek(words, by));
    else if (product) finish(() => onPick({ id: product.id, label: String(product["name"]) }, by));
    else if (words) finish(() => onWords(words, by));
    else finish(() => onLeave(by));
  };
  const onBlur = () => {
    // Another window came before this one: the cell stays open.
    if (document.activeElement === input.current) return;
    // Who leaves by the pointer or saves has typed what they mean; a list that was only looked at changes nothing.
    if (words && (replace || words !== begin)) take("blur");
    else finish(() => onLeave("blur"));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const by = event.key === "Enter" ? "enter" : event.key === "Tab" && !event.shiftKey ? "tab" : null;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      event.preventDefault();
      take(by);
    } else if (event.key === "Tab") {
      event.preventDefault();
      finish(() => onLeave("back"));
    } else if (event.key === "Escape") {
      event.preventDefault();
      finish(onCancel);
    } else if (step) {
      event.preventDefault();
      setTouched(true);
      setChosen((old) => Math.max(0, Math.min(products.length - 1, old + (touched ? step : 0))));
    }
  };
  return (
    <>
      <input
        ref={input} className={styles["input"]} value={typed} aria-label={label} aria-invalid={invalid} autoFocus autoComplete="off" spellCheck={false}
        role="combobox" aria-expanded aria-controls={list} aria-autocomplete="list" aria-activedescendant={products[chosen] ? `${list}-${chosen}` : undefined}
        onChange={(event) => { setTyped(event.target.value); setTouched(true); setChosen(0); }}
        onKeyDown={onKeyDown} onBlur={onBlur}
      />
      {createPortal(
        <ul id={list} role="listbox" aria-label={label} className={styles["options"]} style={place} onPointerDown={(event) => event.preventDefault()}>
          {products.map((product, index) => <Option key={product.id} id={`${list}-${index}`} product={product} chosen={index === chosen} onTake={() => finish(() => onPick({ id: product.id, label: String(product["name"]) }, "enter"))} price={isMoney(product["price"]) ? formatMoney(product["price"] as Money, language) : ""} />)}
          {products.length === 0 && <li role="option" aria-selected={words !== ""} className={styles["none"]} onClick={() => words && finish(() => onWords(words, "enter"))}>{!settled ? t("state.loading") : words ? t("quoting.asWords", { words }) : t("state.emptySearch")}</li>}
        </ul>,
        document.body,
      )}
    </>
  );
}

function Option({ id, product, chosen, price, onTake }: { id: string; product: RecordData; chosen: boolean; price: string; onTake: () => void }) {
  const ref = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (chosen) ref.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <li ref={ref} id={id} role="option" aria-selected={chosen} className={styles["option"]} onClick={onTake}>
      <span className={styles["optionName"]}>{String(product["name"])}</span>
      <small>{[product["code"], price].filter(Boolean).map(String).join(" · ")}</small>
    </li>
  );
}
