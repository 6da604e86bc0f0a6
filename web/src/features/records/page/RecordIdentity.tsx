import type { ReactNode } from "react";
import type { ObjectType, RecordData } from "@/api/types";
import { useCatalog } from "@/api/catalog";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { Mark } from "@/ui/Mark";
import styles from "./Record.module.css";

/** The face of a record: its mark, name and one line that tells it from others. */
export function RecordIdentity({ type, record, children }: { type: ObjectType; record: RecordData; children?: ReactNode }) {
  const catalog = useCatalog();
  const speech = useSpeech();
  const title = String(record[type.title_field] ?? "") || speech.t("record.untitled");
  const subtitleField = type.subtitle_field ? catalog.field(type.api_name, type.subtitle_field) : undefined;
  const subtitle = subtitleField ? fieldUi(subtitleField).text(record[subtitleField.api_name], subtitleField, speech) : "";
  return (
    <div className={styles["identity"]}>
      <Mark name={title} size={40} />
      <div>
        <h1 className={styles["title"]} data-testid="record-title">{title}</h1>
        <p className={styles["meta"]}>{[speech.say(type.label), subtitle].filter(Boolean).join(" · ")}</p>
      </div>
      {children}
    </div>
  );
}
