import { Input } from "antd";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import { useSpeech } from "@/messages";
import styles from "./Editor.module.css";
import { useFunctions, type FormulaFunction } from "./useCheck";

interface Props {
  object: string;
  functions: FormulaFunction[];
  onInsert: (text: string, back?: number) => void;
}

/** Everything there is to write, to read about and to click: fields, and functions by what they are for. */
export function Library({ object, functions, onInsert }: Props) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const [typed, setTyped] = useState("");
  const categories = useFunctions().data?.categories ?? [];
  const fits = (text: string) => text.toLowerCase().includes(typed.toLowerCase());
  const fields = (catalog.object(object)?.fields ?? []).filter((field) => field.type !== "button" && (fits(field.api_name) || fits(say(field.label))));
  const group = (category: string) => functions.filter((each) => !each.operator && each.category === category && (fits(each.key) || fits(say(each.doc))));
  return (
    <details className={styles["library"]}>
      <summary>{t("formula.library")}</summary>
      <Input size="small" allowClear value={typed} placeholder={t("formula.find")} aria-label={t("formula.find")} onChange={(event) => setTyped(event.target.value)} />
      <div className={styles["shelf"]}>
        <h4>{t("formula.fields")}</h4>
        <div className={styles["chips"]}>{fields.map((field) => <button key={field.id} type="button" className={styles["chip"]} title={field.api_name} onClick={() => onInsert(field.api_name)}>{say(field.label)}</button>)}</div>
        {categories.map((category) => {
          const found = group(category.key);
          return found.length > 0 && (
            <section key={category.key}>
              <h4>{say(category.label)}</h4>
              <ul>{found.map((each) => (
                <li key={each.key}>
                  <button type="button" className={styles["function"]} onClick={() => onInsert(`${each.key}()`, 1)}>{each.key}({each.ways[0]?.signature})</button>
                  <span>{say(each.doc)}</span>
                  {each.examples[0] && <code>{each.examples[0].formula} = {each.examples[0].result}</code>}
                </li>
              ))}</ul>
            </section>
          );
        })}
      </div>
    </details>
  );
}
