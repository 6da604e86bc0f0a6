import { Button, Input, Segmented } from "antd";
import { ArrowDown, ArrowUp, Trash2 } from "lucide-react";
import { useEffect, useState } from "react";
import { SwitchRow } from "@/fields/parts/ConfigRows";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { IconButton } from "@/ui/IconButton";
import { ConditionRow } from "../fields/Condition";
import type { Designed, Layout } from "../model";
import { changeSection, moveSection, removeSection } from "./edit";
import styles from "./Layout.module.css";

interface Props {
  type: Designed;
  layout: Layout;
  at: number;
  onChange: (layout: Layout) => void;
  onSelect: (section: number | null) => void;
}

/** A label is sent when its input is left, not with every letter. */
function LabelRow({ label, value, onSet }: { label: string; value: string; onSet: (text: string) => void }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const done = () => typed.trim() && typed !== value && onSet(typed.trim());
  return <FormRow label={label}>{({ id }) => <Input id={id} maxLength={80} value={typed} onChange={(event) => setTyped(event.target.value)} onBlur={done} onPressEnter={done} />}</FormRow>;
}

export function SectionProperties({ type, layout, at, onChange, onSelect }: Props) {
  const { t, say } = useSpeech();
  const section = layout.sections[at];
  if (!section) return null;
  const name = say(section.label);
  const move = (by: number) => {
    onChange(moveSection(layout, at, at + by));
    onSelect(at + by);
  };
  const set = (change: Parameters<typeof changeSection>[2]) => onChange(changeSection(layout, at, change));
  return (
    <>
      <header className={styles["propertiesHead"]}>
        <h3>{t("layout.section")}</h3>
        <IconButton label={t("layout.sectionUp", { name })} disabled={at === 0} onClick={() => move(-1)}><ArrowUp size={14} /></IconButton>
        <IconButton label={t("layout.sectionDown", { name })} disabled={at === layout.sections.length - 1} onClick={() => move(1)}><ArrowDown size={14} /></IconButton>
        <IconButton label={t("layout.sectionRemove", { name })} onClick={() => { onChange(removeSection(layout, at)); onSelect(null); }}><Trash2 size={14} /></IconButton>
      </header>
      <LabelRow label={t("objects.labelZh")} value={section.label["zh-CN"] ?? ""} onSet={(text) => set({ label: { ...section.label, "zh-CN": text } })} />
      <LabelRow label={t("objects.labelEn")} value={section.label["en"] ?? ""} onSet={(text) => set({ label: { ...section.label, en: text } })} />
      <FormRow label={t("layout.columns")}>{() => <Segmented aria-label={t("layout.columns")} value={section.columns ?? 2} options={[{ value: 1, label: t("layout.column1") }, { value: 2, label: t("layout.column2") }]} onChange={(columns) => set({ columns: columns as 1 | 2 })} />}</FormRow>
      <SwitchRow label={t("layout.collapsed")} value={section.collapsed ?? false} onChange={(collapsed) => set({ collapsed })} />
      <ConditionRow label={t("layout.visibleWhen")} object={type.api_name} value={section.visible_when ?? null} onChange={(visible_when) => { if (JSON.stringify(visible_when) !== JSON.stringify(section.visible_when ?? null)) set({ visible_when }); }} />
      <Button onClick={() => onSelect(null)}>{t("layout.toPage")}</Button>
    </>
  );
}
