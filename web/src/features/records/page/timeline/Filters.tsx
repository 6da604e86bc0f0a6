import { Input } from "antd";
import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { ObjectType } from "@/api/types";
import { useCandidates } from "@/fields/relation/references";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { useSettled } from "@/ui/hooks";
import { toggled, type Narrowing } from "./model";
import styles from "./Timeline.module.css";

interface Props {
  type: ObjectType;
  value: Narrowing;
  onChange: (next: Narrowing) => void;
}

/** Chips for kinds; a person and words for the rest. */
export function Filters({ type, value, onChange }: Props) {
  const { t, say } = useSpeech();
  const catalog = useCatalog();
  const activityKinds = (catalog.field("activity", "kind")?.config.choices ?? []).filter((kind) => !kind.archived);
  const hasFiles = Boolean(catalog.field("activity", "files"));
  const [text, setText] = useState(value.text);
  const [typed, setTyped] = useState("");
  const people = useCandidates("user", typed, true);
  const settled = useSettled(text.trim(), 250);
  useEffect(() => {
    if (settled !== value.text) onChange({ ...value, text: settled });
    // Only what is typed leads; that the rest changed is no reason to narrow again.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [settled]);
  useEffect(() => {
    if (value.text === "") setText("");
  }, [value]);
  const kinds: [string, string][] = [
    ...activityKinds.map((kind): [string, string] => [kind.key, say(kind.label)]),
    ["comment", t("timeline.comments")],
    ...(hasFiles ? [["file", t("timeline.files")] as [string, string]] : []),
    ...(type.layout.related.some((each) => each.object !== "activity") ? [["record", t("timeline.records")] as [string, string]] : []),
    ["history", t("timeline.changes")],
  ];
  return (
    <div className={styles["filters"]}>
      <div className={styles["chips"]} role="group" aria-label={t("timeline.kinds")}>
        <button type="button" className={styles["chip"]} aria-pressed={value.kinds.length === 0} onClick={() => onChange({ ...value, kinds: [] })}>{t("timeline.all")}</button>
        {kinds.map(([key, label]) => (
          <button key={key} type="button" className={styles["chip"]} aria-pressed={value.kinds.includes(key)} onClick={() => onChange(toggled(value, key))}>{label}</button>
        ))}
      </div>
      <div className={styles["narrow"]}>
        <Input size="small" allowClear prefix={<Search size={13} aria-hidden />} value={text} maxLength={200} aria-label={t("timeline.search")} placeholder={t("timeline.search")} onChange={(event) => setText(event.target.value)} />
        <div className={styles["person"]}>
          <Choose label={t("timeline.person")} placeholder={t("timeline.person")} clearable value={value.person} options={people.options} loading={people.loading} onSearch={setTyped} onPick={(person) => onChange({ ...value, person: typeof person === "string" ? person : null })} />
        </div>
      </div>
    </div>
  );
}
