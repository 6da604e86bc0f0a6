import { Link } from "@tanstack/react-router";
import { useCatalog } from "@/api/catalog";
import type { RecordItem } from "@/api/timeline";
import { isEmptyValue } from "@/fields/contract";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { ObjectMark } from "@/ui/Mark";
import { Frame } from "./Frame";
import styles from "./Timeline.module.css";
import type { Desk } from "./useTimeline";

/** A related record that was made: "Opportunity … created", with its amount where it has one. */
export function RecordLine({ item, desk }: { item: RecordItem; desk: Desk }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const type = catalog.object(item.object);
  if (!type) return null;
  const name = String(item.record[type.title_field] ?? "") || t("record.untitled");
  const facts = [type.board_sum_field, type.board_field].flatMap((each) => (each ? (catalog.field(item.object, each) ?? []) : [])).filter((field) => !isEmptyValue(item.record[field.api_name]));
  return (
    <Frame item={item} desk={desk} icon={<ObjectMark icon={type.icon} color={type.color} size={24} />}>
      <Link to="/o/$object/$id" params={{ object: item.object, id: item.record.id }} className={styles["line"]}>
        {t("timeline.made", { label: say(type.label), name })}
        {facts.map((field) => {
          const { Cell } = fieldUi(field);
          return <span key={field.id} className={styles["fact"]}><Cell value={item.record[field.api_name]} field={field} /></span>;
        })}
      </Link>
    </Frame>
  );
}
