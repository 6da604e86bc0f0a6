import { useCatalog } from "@/api/catalog";
import type { ObjectType } from "@/api/types";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import styles from "./Composer.module.css";
import type { ComposerDraft } from "./draft";
import { NextStep } from "./NextStep";
import { COMMENT, followUpField, isPlanned } from "./plan";
import { added, templatesOf } from "./templates";

interface Props {
  type: ObjectType;
  kind: string;
  draft: ComposerDraft;
  onChange: (next: Partial<ComposerDraft>) => void;
}

/** What goes with the text: a template to begin with, when it is, what follows, files. */
export function Extras({ type, kind, draft, onChange }: Props) {
  const catalog = useCatalog();
  const { t } = useSpeech();
  if (kind === COMMENT) return null;
  const time = catalog.field("activity", "due_at");
  const files = catalog.field("activity", "files");
  const Time = time && isPlanned(kind) ? fieldUi(time).Editor : undefined;
  const Files = files?.access === "edit" ? fieldUi(files).Editor : undefined;
  const own = followUpField(type);
  const next = kind === "task" ? undefined : (own ?? time);
  const when = t(kind === "task" ? "composer.due" : "composer.start");
  const templates = templatesOf(kind);
  return (
    <>
      {templates.length > 0 && (
        <div className={styles["next"]} role="group" aria-label={t("composer.templates")}>
          {templates.map((each) => <button key={each} type="button" className={styles["chip"]} onClick={() => onChange({ text: added(draft.text, t(`${each}.text`)) })}>{t(each)}</button>)}
        </div>
      )}
      {Time && time && <div className={styles["next"]}><span className={styles["nextLabel"]}>{when}</span><div className={styles["date"]}><Time value={draft.due} field={time} onChange={(due) => onChange({ due })} label={when} /></div></div>}
      {next && <NextStep field={next} asTask={own === null} value={draft.next} onChange={(at) => onChange({ next: at })} />}
      {Files && files && <Files value={draft.files} field={files} label={t("composer.attach")} onChange={(held) => onChange({ files: held })} />}
    </>
  );
}
