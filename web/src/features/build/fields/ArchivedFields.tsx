import { Button } from "antd";
import { ArchiveRestore } from "lucide-react";
import { useCatalog } from "@/api/catalog";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import styles from "../Build.module.css";
import { useDraft } from "../draft/context";
import type { Designed } from "../model";

/** Fields that were removed keep their data for a while and come back with it. */
export function ArchivedFields({ type }: { type: Designed }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const { edit } = useDraft();
  const list = type.design.archived_fields;
  if (list.length === 0) return null;
  const restore = (id: string) => void edit({ kind: "restore_field", object: type.api_name, field_id: id }).catch((error: unknown) => complain(error, t));
  return (
    <details className={styles["more"]}>
      <summary>{t("fields.archived", { n: list.length })}</summary>
      <ul>
        {list.map((each) => (
          <li key={each.id} className={styles["change"]}>
            <p>{say(each.label)} <code className={styles["code"]}>{each.api_name}</code> <small className={styles["hint"]}>{say(catalog.fieldType(each.type)?.label) || each.type}</small></p>
            <Button size="small" icon={<ArchiveRestore size={14} />} aria-label={t("objects.restoreOf", { name: say(each.label) })} onClick={() => restore(each.id)}>{t("objects.restore")}</Button>
          </li>
        ))}
      </ul>
    </details>
  );
}
