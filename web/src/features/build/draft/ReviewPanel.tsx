import { useQuery } from "@tanstack/react-query";
import { Button, Input, Popconfirm } from "antd";
import { X } from "lucide-react";
import { useState } from "react";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { IconButton } from "@/ui/IconButton";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { Bone, ErrorState } from "@/ui/State";
import { toast } from "@/ui/toast";
import styles from "../Build.module.css";
import type { Impact, Operation, Preview } from "../model";
import { useRevert } from "../history/revert";
import { UsesOf } from "../usage/Uses";
import { draftApi, draftKeys } from "./api";
import { useDraft } from "./context";
import { useClashWords, useWords } from "./words";

/** From so many on the server tells about how many there are. */
const ABOUT_FROM = 200_000;

/** What one operation does, in numbers. */
export function Effects({ impact }: { impact: Impact | undefined }) {
  const { t } = useSpeech();
  if (!impact) return null;
  const said = [
    impact.rows_affected ? t(impact.rows_affected >= ABOUT_FROM ? "fields.impactAbout" : "fields.impactRows", { n: impact.rows_affected }) : "",
    impact.lock === "writes" ? t("draft.lockWrites") : impact.lock === "all" ? t("draft.lockAll") : "",
    impact.seconds ? t("draft.takes", { n: Math.max(1, Math.round(impact.seconds)) }) : "",
  ].filter(Boolean);
  return (
    <>
      {said.length > 0 && <p className={styles["hint"]}>{said.join(" \u00b7 ")}</p>}
      {impact.values_lost > 0 && <p className={styles["lost"]}>{t("fields.impactLost", { n: impact.values_lost })}</p>}
      {(impact.breaking ?? 0) > 0 && <p className={styles["lost"]}>{t("validation.breaking", { n: impact.breaking ?? 0 })}</p>}
      {impact.reversible === false && <p className={styles["lost"]}>{t("fields.irreversible")}</p>}
    </>
  );
}

const TAKEN = new Set(["remove_field", "remove_object", "retype_field"]);

function Row({ operation, impact, onDrop }: { operation: Operation; impact: Impact | undefined; onDrop: () => void }) {
  const { t } = useSpeech();
  const words = useWords()(operation);
  return (
    <li className={styles["operation"]}>
      <div>
        <p>{words}</p>
        <Effects impact={impact} />
        {TAKEN.has(operation.kind) && <UsesOf object={String(operation["object"])} field={typeof operation["field"] === "string" ? operation["field"] : undefined} />}
      </div>
      <IconButton small label={t("draft.drop", { name: words })} onClick={onDrop}><X size={14} /></IconButton>
    </li>
  );
}

function Clashes({ preview, onDone }: { preview: Preview; onDone: () => void }) {
  const { t } = useSpeech();
  const draft = useDraft();
  const words = useClashWords();
  const run = (work: Promise<unknown>) => void work.then(onDone).catch((error: unknown) => complain(error, t));
  if (preview.clashes.length === 0) return null;
  return (
    <section className={styles["refused"]} role="alert" data-testid="clashes">
      <strong>{t("draft.clashes")}</strong>
      <ul>{preview.clashes.map((clash, index) => <li key={index}>{words(clash)}</li>)}</ul>
      <span className={styles["buttons"]}>
        <Button size="small" onClick={() => run(draft.keepMine())}>{t("draft.keepMine")}</Button>
      </span>
    </section>
  );
}

/** Everything the draft would do, before it is done; then its name, why, and the button that does it. */
export function ReviewPanel({ onClose }: { onClose: () => void }) {
  const { t } = useSpeech();
  const draft = useDraft();
  const revert = useRevert();
  const set = draft.set;
  const [name, setName] = useState(set?.name ?? "");
  const [note, setNote] = useState(set?.note ?? "");
  const [publishing, setPublishing] = useState(false);
  const preview = useQuery({ queryKey: draftKeys.preview(set?.id ?? "", set?.version ?? 0), enabled: Boolean(set), retry: false, queryFn: () => draftApi.preview(set?.id ?? "") });
  const lost = preview.data?.operations.reduce((sum, each) => sum + each.values_lost, 0) ?? 0;
  const attempt = (work: Promise<unknown>) => void work.catch((error: unknown) => complain(error, t));
  const publish = async () => {
    setPublishing(true);
    try {
      const done = await draft.publish(name.trim() || (set?.name ?? ""), note.trim() || null);
      onClose();
      if (done) toast(t("draft.published"), { action: { label: t("action.undo"), run: () => void revert(done.id) } });
    } catch (error) {
      complain(error, t);
      void preview.refetch();
    }
    setPublishing(false);
  };
  return (
    <Panel
      wide
      title={t("draft.reviewTitle")}
      onClose={onClose}
      footer={
        <>
          <Popconfirm title={t("draft.discardSure")} okText={t("draft.discard")} cancelText={t("action.cancel")} onConfirm={() => { attempt(draft.discard()); onClose(); }}>
            <Button danger type="text" className={styles["left"]}>{t("draft.discard")}</Button>
          </Popconfirm>
          <Button onClick={onClose}>{t("draft.goOn")}</Button>
          <Button type="primary" danger={lost > 0} loading={publishing} disabled={!preview.data || preview.data.clashes.length > 0} onClick={() => void publish()}>{t(lost > 0 ? "draft.publishLosing" : "draft.publish", { n: lost })}</Button>
        </>
      }
    >
      {preview.isError && <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />}
      {preview.isPending && <Bone width="70%" />}
      {preview.data && <Clashes preview={preview.data} onDone={() => void preview.refetch()} />}
      <ol className={styles["operations"]} aria-label={t("draft.operations")} data-testid="impact">
        {set?.operations.map((operation, index) => <Row key={index} operation={operation} impact={preview.data?.operations[index]} onDrop={() => attempt(draft.drop(index))} />)}
      </ol>
      {preview.data && <p className={lost > 0 ? styles["lost"] : styles["fine"]}>{lost > 0 ? t("fields.impactLost", { n: lost }) : t("fields.impactNone")}</p>}
      <FormRow label={t("draft.name")}>{({ id }) => <Input id={id} maxLength={120} value={name} onChange={(event) => setName(event.target.value)} />}</FormRow>
      <FormRow label={t("draft.note")} help={t("draft.noteHelp")}>{({ id, describedBy }) => <Input.TextArea id={id} aria-describedby={describedBy} maxLength={2000} autoSize={{ minRows: 2, maxRows: 6 }} value={note} onChange={(event) => setNote(event.target.value)} />}</FormRow>
    </Panel>
  );
}
