import { Input } from "antd";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import { knownTypes, typeUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import styles from "../Build.module.css";

/** Types in the person's words, with a search for those who know what they want; arrows go through them. */
export function TypePicker({ value, onPick }: { value: string; onPick: (type: string) => void }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const [typed, setTyped] = useState("");
  const types = catalog.data.field_types.filter((type) => knownTypes.includes(type.key));
  const found = types.filter((type) => Object.values(type.label).some((label) => label?.toLowerCase().includes(typed.toLowerCase())) || type.key.includes(typed.toLowerCase()));
  return (
    <div className={styles["types"]}>
      <Input
        allowClear value={typed} placeholder={t("fields.findType")} aria-label={t("fields.findType")} onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => { if (event.key === "Enter" && found[0]) { event.preventDefault(); onPick(found[0].key); } }}
      />
      <div className={styles["typeGrid"]} role="radiogroup" aria-label={t("fields.type")}>
        {found.map((type) => {
          const { icon: Icon } = typeUi(type.key);
          return <button key={type.key} type="button" role="radio" aria-checked={value === type.key} className={styles["typeCard"]} onClick={() => onPick(type.key)}><Icon size={15} aria-hidden />{say(type.label)}</button>;
        })}
        {found.length === 0 && <p className={styles["hint"]}>{t("state.emptySearch")}</p>}
      </div>
    </div>
  );
}
