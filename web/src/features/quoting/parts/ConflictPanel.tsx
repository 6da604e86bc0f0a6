import { Button } from "antd";
import { useCatalog } from "@/api/catalog";
import { useSpeech } from "@/messages";
import { fieldUi } from "@/fields/registry";
import { Panel } from "@/ui/Panel";
import { between } from "../model/diff";
import type { DocumentData, DocumentObject } from "../model/types";
import type { Draft } from "../useDraft";
import styles from "../Quoting.module.css";

/** Somebody saved first: what they changed, and a choice. What was typed here stays until it is made. */
export function ConflictPanel({ object, draft, now, onMine, onTheirs, onClose }: { object: DocumentObject; draft: Draft; now: DocumentData; onMine: () => void; onTheirs: () => void; onClose: () => void }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const fields = catalog.object(object)?.fields.filter((field) => !field.system && !fieldUi(field).virtual) ?? [];
  const change = between(draft.base, now, fields.filter((field) => !field.computed).map((field) => field.api_name));
  return (
    <Panel title={t("quoting.conflict")} onClose={onClose} footer={<><Button onClick={onTheirs}>{t("conflict.keepTheirs")}</Button>{!now.locked && <Button type="primary" onClick={onMine}>{t("quoting.saveMine")}</Button>}</>}>
      <p className={styles["hint"]}>{now.locked ? (now.reason?.text ?? t("quoting.locked")) : t("quoting.conflictHint")}</p>
      <dl className={styles["changes"]} data-testid="document-conflict">
        {change.fields.map((name) => {
          const field = catalog.field(object, name);
          if (!field) return null;
          const { Cell } = fieldUi(field);
          return <div key={name}><dt>{say(field.label)}</dt><dd><s><Cell value={draft.base.document[name]} field={field} /></s> <Cell value={now.document[name]} field={field} /></dd></div>;
        })}
        {change.added + change.removed + change.changed > 0 && <div><dt>{t("quoting.lines")}</dt><dd>{t("quoting.lineChanges", { added: change.added, changed: change.changed, removed: change.removed })}</dd></div>}
      </dl>
    </Panel>
  );
}
