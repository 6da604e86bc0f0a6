import { useDroppable } from "@dnd-kit/core";
import { SortableContext, rectSortingStrategy, useSortable } from "@dnd-kit/sortable";
import { CSS } from "@dnd-kit/utilities";
import { Button } from "antd";
import { Plus, X } from "lucide-react";
import type { Field } from "@/api/types";
import { typeUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { IconButton } from "@/ui/IconButton";
import type { Designed, Layout, Section } from "../model";
import { Handle } from "../sortable/Handle";
import { nudge, removeField } from "./edit";
import styles from "./Layout.module.css";

function Placed({ field, onMove, onRemove }: { field: Field; onMove: (by: number) => void; onRemove: () => void }) {
  const { t, say } = useSpeech();
  const name = say(field.label);
  const { listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({ id: field.api_name });
  const { icon: Icon } = typeUi(field.type);
  return (
    <li ref={setNodeRef} className={cx(styles["placed"], isDragging && styles["lifted"])} style={{ transform: CSS.Translate.toString(transform), transition }}>
      <Handle name={name} drag={listeners} setRef={setActivatorNodeRef} onMove={onMove} />
      <span className={styles["face"]}><small>{name}{field.required && " *"}</small><span><Icon size={13} aria-hidden /></span></span>
      <IconButton small label={t("layout.takeOut", { name })} onClick={onRemove}><X size={13} /></IconButton>
    </li>
  );
}

interface SectionProps {
  section: Section;
  index: number;
  type: Designed;
  selected: boolean;
  onSelect: () => void;
  onMove: (name: string, by: number) => void;
  onRemove: (name: string) => void;
}

function SectionBox({ section, index, type, selected, onSelect, onMove, onRemove }: SectionProps) {
  const { t, say } = useSpeech();
  const { setNodeRef, isOver } = useDroppable({ id: `section:${index}` });
  const label = say(section.label) || t("layout.unnamed");
  const fields = section.fields.flatMap((name) => type.fields.find((field) => field.api_name === name) ?? []);
  return (
    <section ref={setNodeRef} className={cx(styles["section"], selected && styles["selected"], isOver && styles["over"])} aria-label={label}>
      <button type="button" className={styles["sectionHead"]} aria-pressed={selected} aria-label={t("layout.sectionOf", { name: label })} onClick={onSelect}>
        <b>{label}</b>
        <small>{[section.visible_when ? t("layout.conditional") : "", section.collapsed ? t("layout.collapsed") : ""].filter(Boolean).join(" \u00b7 ")}</small>
      </button>
      <SortableContext items={fields.map((field) => field.api_name)} strategy={rectSortingStrategy}>
        <ul className={section.columns === 1 ? styles["one"] : styles["two"]}>
          {fields.map((field) => <Placed key={field.api_name} field={field} onMove={(by) => onMove(field.api_name, by)} onRemove={() => onRemove(field.api_name)} />)}
          {fields.length === 0 && <li className={styles["hint"]}>{t("layout.dropHere")}</li>}
        </ul>
      </SortableContext>
    </section>
  );
}

interface Props {
  type: Designed;
  layout: Layout;
  selected: number | null;
  onSelect: (section: number | null) => void;
  onChange: (layout: Layout) => void;
}

/** The page itself: what stands at its head, then the sections in their columns. */
export function Canvas({ type, layout, selected, onSelect, onChange }: Props) {
  const { t, say } = useSpeech();
  const label = (name: string) => say(type.fields.find((field) => field.api_name === name)?.label);
  const add = () => {
    const number = layout.sections.length + 1;
    onChange({ ...layout, sections: [...layout.sections, { label: { "zh-CN": `分区 ${number}`, en: `Section ${number}` }, fields: [], columns: 2, collapsed: false }] }); // strings-ok: stored labels, not interface text
    onSelect(layout.sections.length);
  };
  return (
    <div className={styles["canvas"]} role="region" aria-label={t("layout.canvas")} data-testid="layout-canvas">
      <button type="button" className={cx(styles["pageHead"], selected === null && styles["selected"])} aria-pressed={selected === null} aria-label={t("layout.page")} onClick={() => onSelect(null)}>
        <b>{label(type.title_field)}</b>
        <span>{layout.highlights.map(label).filter(Boolean).join(" \u00b7 ")}</span>
        {layout.path && <small>{t("layout.pathOf", { name: label(layout.path) })}</small>}
      </button>
      {layout.sections.map((section, index) => (
        <SectionBox key={index} section={section} index={index} type={type} selected={selected === index} onSelect={() => onSelect(index)} onMove={(name, by) => onChange(nudge(layout, name, by))} onRemove={(name) => onChange(removeField(layout, name))} />
      ))}
      <Button icon={<Plus size={14} />} onClick={add}>{t("layout.addSection")}</Button>
      <p className={styles["hint"]}>{t("layout.restHint")}</p>
    </div>
  );
}
