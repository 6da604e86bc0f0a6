import { closestCenter, DndContext, DragOverlay, pointerWithin, type CollisionDetection, type DragEndEvent } from "@dnd-kit/core";
import { useState } from "react";
import { useSpeech } from "@/messages";
import { landed, useHandles } from "@/ui/drag";
import styles from "./Layout.module.css";
import type { Designed } from "../model";
import { Canvas } from "./Canvas";
import { dropped, placeField } from "./edit";
import { LayoutChooser } from "./LayoutChooser";
import { Palette } from "./Palette";
import { PageProperties } from "./PageProperties";
import { SectionProperties } from "./SectionProperties";
import { useLayout } from "./useLayout";

/** Under the pointer first: an empty section is otherwise never the nearest. */
const collision: CollisionDetection = (args) => {
  const under = pointerWithin(args);
  const fields = under.filter((each) => !String(each.id).startsWith("section:"));
  return fields.length ? fields : under.length ? under : closestCenter(args);
};

/** The record's page as people will see it: fields to take on the left, the page in the middle, what is chosen on the right. */
export function LayoutTab({ type }: { type: Designed }) {
  const { t, say } = useSpeech();
  const [key, setKey] = useState<string | null>(null);
  const [selected, setSelected] = useState<number | null>(null);
  const [dragged, setDragged] = useState<string | null>(null);
  const { layout, named, change, setLayouts } = useLayout(type, key);
  const sensors = useHandles();
  const section = selected === null ? undefined : layout.sections[selected];
  const name = (id: string) => id.replace(/^new:/, "");
  const add = (field: string) => {
    const target = selected !== null && layout.sections[selected] ? selected : layout.sections.length - 1;
    if (target >= 0) return change(placeField(layout, field, { section: target, index: Infinity }));
    change({ ...layout, sections: [{ label: { "zh-CN": "基本信息", en: "Details" }, fields: [field], columns: 2, collapsed: false }] }); // strings-ok: stored labels, not interface text
  };
  const drop = (event: DragEndEvent) => {
    setDragged(null);
    const to = landed(event);
    if (to) change(dropped(layout, name(String(event.active.id)), to.id));
  };
  return (
    <>
      <LayoutChooser type={type} current={named ?? null} layout={layout} onPick={(next) => { setKey(next); setSelected(null); }} onLayouts={setLayouts} />
      <DndContext sensors={sensors} collisionDetection={collision} onDragStart={({ active }) => setDragged(name(String(active.id)))} onDragCancel={() => setDragged(null)} onDragEnd={drop}>
        <div className={styles["designer"]}>
          <Palette type={type} layout={layout} onAdd={add} />
          <Canvas type={type} layout={layout} selected={selected} onSelect={setSelected} onChange={change} />
          <aside className={styles["properties"]} aria-label={t("layout.properties")}>
            {section && selected !== null
              ? <SectionProperties key={`${key}:${selected}`} type={type} layout={layout} at={selected} onChange={change} onSelect={setSelected} />
              : <PageProperties type={type} layout={layout} onChange={change} />}
          </aside>
        </div>
        <DragOverlay dropAnimation={null}>{dragged && <span className={styles["ghost"]}>{say(type.fields.find((field) => field.api_name === dragged)?.label)}</span>}</DragOverlay>
      </DndContext>
    </>
  );
}
