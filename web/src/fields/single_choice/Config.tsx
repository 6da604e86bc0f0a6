import { Button, Input } from "antd";
import { Archive, ArchiveRestore, ArrowDown, ArrowUp, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Choice } from "@/api/types";
import { useSpeech } from "@/messages";
import { categories } from "@/tokens/theme";
import { IconButton } from "@/ui/IconButton";
import { Dot } from "@/ui/Tag";
import type { ConfigProps } from "../contract";
import { Choose } from "../parts/Choose";
import styles from "./Choices.module.css";
import { choicesFrom } from "./config";
import { DependsOn, useControlling, When } from "./DependsOn";

interface RowProps {
  choice: Choice;
  first: boolean;
  last: boolean;
  existing: boolean;
  /** Choices of the field that this one depends on; none where it depends on nothing. */
  leading: Choice[] | null;
  onChange: (choice: Choice) => void;
  onMove: (by: number) => void;
  onRemove: () => void;
}

function ChoiceRow({ choice, first, last, existing, leading, onChange, onMove, onRemove }: RowProps) {
  const { t, say } = useSpeech();
  const name = say(choice.label) || choice.key;
  const colours = categories.map((colour) => ({ value: colour, text: colour, node: <Dot color={colour} /> }));
  const label = (language: "zh-CN" | "en", text: string) => onChange({ ...choice, label: { ...choice.label, [language]: text } });
  const kept = existing && choice.key !== "";
  return (
    <div className={`${styles["row"]} ${choice.archived ? styles["retired"] : ""}`}>
      <Choose label={t("config.choiceColor")} value={choice.color ?? "gray"} options={colours} clearable={false} bare onPick={(color) => onChange({ ...choice, color: color as string })} />
      <Input size="small" aria-label={t("config.choiceZh")} placeholder={t("config.choiceZh")} value={choice.label["zh-CN"] ?? ""} onChange={(event) => label("zh-CN", event.target.value)} />
      <Input size="small" aria-label={t("config.choiceEn")} placeholder={t("config.choiceEn")} value={choice.label["en"] ?? ""} onChange={(event) => label("en", event.target.value)} />
      <span className={styles["tools"]}>
        <IconButton small label={t("config.choiceUp", { name })} disabled={first} onClick={() => onMove(-1)}><ArrowUp size={14} /></IconButton>
        <IconButton small label={t("config.choiceDown", { name })} disabled={last} onClick={() => onMove(1)}><ArrowDown size={14} /></IconButton>
        {kept ? (
          <IconButton small label={t(choice.archived ? "config.choiceBack" : "config.choiceArchive", { name })} onClick={() => onChange({ ...choice, archived: !choice.archived })}>
            {choice.archived ? <ArchiveRestore size={14} /> : <Archive size={14} />}
          </IconButton>
        ) : (
          <IconButton small label={t("config.choiceRemove", { name })} onClick={onRemove}><Trash2 size={14} /></IconButton>
        )}
      </span>
      {kept && <span className={styles["key"]}>{t("config.choiceKey")} {choice.key}{choice.archived ? ` · ${t("config.choiceArchived")}` : ""}</span>}
      {leading && <When choice={choice} leading={leading} onChange={onChange} />}
    </div>
  );
}

/** Choices in their order. One that records may hold is retired rather than removed, so that no value loses its name. */
export default function ChoicesConfig({ config, onChange, errors, existing = false }: ConfigProps) {
  const { t } = useSpeech();
  const [lines, setLines] = useState("");
  const choices = config.choices ?? [];
  const controlling = useControlling(config.depends_on);
  const set = (next: Choice[]) => onChange({ ...config, choices: next });
  const move = (index: number, by: number) => {
    const next = [...choices];
    const [moved] = next.splice(index, 1);
    next.splice(index + by, 0, moved!);
    set(next);
  };
  const add = () => {
    set([...choices, ...choicesFrom(lines, categories, choices.length)]);
    setLines("");
  };
  const change = (index: number, choice: Choice) => set(choices.map((old, at) => (at === index ? choice : old)));
  return (
    <fieldset style={{ border: 0, padding: 0, margin: "0 0 12px" }} data-testid="choices-editor">
      <legend style={{ fontWeight: 500, marginBottom: 6 }}>{t("config.choices")}</legend>
      <div className={styles["list"]}>
        {choices.map((choice, index) => (
          <ChoiceRow key={index} choice={choice} first={index === 0} last={index === choices.length - 1} existing={existing} leading={controlling} onChange={(next) => change(index, next)} onMove={(by) => move(index, by)} onRemove={() => set(choices.filter((_, at) => at !== index))} />
        ))}
      </div>
      <div className={styles["more"]}>
        <Button size="small" onClick={() => set([...choices, { key: "", label: {}, color: categories[(choices.length + 1) % categories.length] ?? "gray" }])}>{t("config.choiceNew")}</Button>
        <Input.TextArea aria-label={t("fields.choices")} placeholder={t("config.choiceMany")} autoSize={{ minRows: 1, maxRows: 8 }} value={lines} onChange={(event) => setLines(event.target.value)} onBlur={() => lines.trim() && add()} />
      </div>
      <DependsOn config={config} onChange={onChange} error={errors["depends_on"]} />
      {errors["choices"] && <span role="alert" style={{ color: "var(--danger)", fontSize: 12 }}>{errors["choices"]}</span>}
    </fieldset>
  );
}
