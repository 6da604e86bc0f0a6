import { useDraggable, useDroppable } from "@dnd-kit/core";
import { Plus } from "lucide-react";
import type { Field } from "@/api/types";
import { typeUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import type { Designed, Layout } from "../model";
import styles from "./Layout.module.css";

function Item({ field, onAdd }: { field: Field; onAdd: () => void }) {
  const { t, say } = useSpeech();
  const { setNodeRef, listeners } = useDraggable({ id: `new:${field.api_name}` });
  const { icon: Icon } = typeUi(field.type);
  return (
    <li>
      <button ref={setNodeRef} type="button" {...listeners} className={styles["item"]} aria-label={t("layout.addField", { name: say(field.label) })} onClick={onAdd}>
        <Icon size={13} aria-hidden /><span>{say(field.label)}</span><Plus size={13} aria-hidden />
      </button>
    </li>
  );
}

/** Fields that no section shows yet; a field dropped here leaves the page. */
export function Palette({ type, layout, onAdd }: { type: Designed; layout: Layout; onAdd: (name: string) => void }) {
  const { t } = useSpeech();
  const { setNodeRef, isOver } = useDroppable({ id: "palette" });
  const shown = new Set([...layout.sections.flatMap((section) => section.fields), layout.path, type.title_field]);
  const free = type.fields.filter((field) => !field.system && !shown.has(field.api_name));
  return (
    <aside ref={setNodeRef} className={cx(styles["palette"], isOver && styles["over"])} aria-label={t("layout.palette")}>
      <h3>{t("layout.palette")}</h3>
      <p className={styles["hint"]}>{t(free.length ? "layout.paletteHint" : "layout.allPlaced")}</p>
      <ul>{free.map((field) => <Item key={field.api_name} field={field} onAdd={() => onAdd(field.api_name)} />)}</ul>
    </aside>
  );
}
