import { History } from "lucide-react";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { HistoryItem } from "@/api/timeline";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { Frame } from "./Frame";
import styles from "./Timeline.module.css";
import type { Desk } from "./useTimeline";

const verbs: Record<string, "timeline.create" | "timeline.delete" | "timeline.import" | "timeline.restore" | "timeline.merge" | "timeline.unmerge"> = { merge: "timeline.merge", unmerge: "timeline.unmerge", create: "timeline.create", delete: "timeline.delete", import: "timeline.import", restore: "timeline.restore" };

/** A change of the record itself. */
export function HistoryLine({ object, item, desk }: { object: string; item: HistoryItem; desk: Desk }) {
  const catalog = useCatalog();
  const speech = useSpeech();
  const { t, say } = speech;
  const { entry } = item;
  const [open, setOpen] = useState(false);
  const who = entry.actor?.label ?? t("timeline.system");
  const fields = entry.changes.map((change) => say(change.label) || change.field).join(t("list.comma"));
  const verb = verbs[entry.action];
  const text = (name: string, value: unknown) => {
    const field = catalog.field(object, name);
    return (field ? fieldUi(field).text(value, field, speech) : String(value ?? "")) || t("value.empty");
  };
  const single = entry.action === "update" && entry.changes.length === 1 ? entry.changes[0] : undefined;
  return (
    <Frame item={item} desk={desk} icon={<History size={13} aria-hidden />}>
      <button type="button" className={cx(styles["line"], styles["quiet"])} aria-expanded={open} disabled={entry.changes.length === 0} onClick={() => setOpen(!open)}>
        {who} {verb ? t(verb) : t("timeline.update", { fields })}
        {entry.merged && <> · {t("timeline.ofMerged", { name: entry.merged })}</>}
        {single && !open && <> · {t("timeline.change", { from: text(single.field, single.from), to: text(single.field, single.to) })}</>}
      </button>
      {open && entry.changes.map((change) => (
        <p key={change.field} className={styles["body"]}>{say(change.label)}: {t("timeline.change", { from: text(change.field, change.from), to: text(change.field, change.to) })}</p>
      ))}
    </Frame>
  );
}
