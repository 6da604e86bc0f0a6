import "./words";
import { Link, useParams } from "@tanstack/react-router";
import { Button } from "antd";
import { ChevronRight, FileClock, RotateCcw, ShieldCheck } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { ObjectType } from "@/api/types";
import { useWatch } from "@/features/base/live";
import { useRecord } from "@/features/base/read";
import { PrintMenu } from "@/features/base/PrintMenu";
import { useSpeech } from "@/messages";
import { useIsPhone } from "@/ui/hooks";
import { IconButton } from "@/ui/IconButton";
import { ObjectMark } from "@/ui/Mark";
import { Bone, ErrorState } from "@/ui/State";
import { Tag } from "@/ui/Tag";
import { toast } from "@/ui/toast";
import { LineCards } from "./editor/LineCards";
import { LineGrid } from "./editor/LineGrid";
import type { DocumentData, DocumentObject } from "./model/types";
import { Actions } from "./parts/Actions";
import { ConflictPanel } from "./parts/ConflictPanel";
import { HeaderFields } from "./parts/HeaderFields";
import { Notices } from "./parts/Notices";
import { TotalsPane } from "./parts/TotalsPane";
import styles from "./Quoting.module.css";
import { isDocument, useDocument } from "./read";
import { useCalculated, type Result } from "./useCalculated";
import { useDraft, type Draft } from "./useDraft";
import { useLeaving } from "./useLeaving";
import { useSave } from "./useSave";
import { useSaveKey } from "./useSaveKey";

const VersionsPanel = lazy(() => import("./parts/VersionsPanel").then((module) => ({ default: module.VersionsPanel })));
const EvidencePanel = lazy(() => import("./parts/EvidencePanel").then((module) => ({ default: module.EvidencePanel })));

/** A quote, contract or order as it is made: header, lines, sums, and what may be done next. */
export function DocumentPage() {
  const { object = "quote", id = "" } = useParams({ strict: false }) as { object?: string; id?: string };
  const type = useCatalog().object(object);
  if (!type || !isDocument(object)) return <ErrorState error={null} />;
  return <Loaded key={`${object} ${id}`} type={type} object={object} id={id} />;
}

function Loaded({ type, object, id }: { type: ObjectType; object: DocumentObject; id: string }) {
  useWatch(object, id);
  const found = useDocument(object, id);
  const version = useRecord(object, id).data?.version;
  const { refetch } = found;
  const known = found.data?.document.version;
  // The record is read again when somebody changes it; then so is the document.
  useEffect(() => {
    if (version !== undefined && known !== undefined && version > known) void refetch();
  }, [version, known, refetch]);
  if (found.data) return <Editor type={type} object={object} id={id} data={found.data} />;
  return found.isError ? <ErrorState error={found.error} onRetry={() => void found.refetch()} /> : <div className={styles["page"]}><Bone height={320} /></div>;
}

/** Problems of a save beside those of the recalculation. */
function withProblems(result: Result, refused: ReadonlyMap<string, Record<string, string>>): Result {
  if (refused.size === 0) return result;
  const lines = new Map(result.lines);
  for (const [key, problems] of refused) {
    const worked = lines.get(key);
    if (worked) lines.set(key, { ...worked, problems: { ...problems, ...worked.problems } });
  }
  return { ...result, lines };
}

interface HeadProps {
  type: ObjectType;
  object: DocumentObject;
  id: string;
  data: DocumentData;
  draft: Draft;
  saving: ReturnType<typeof useSave>;
  needsApproval: boolean;
  onSave: () => void;
}

/** What it is, how far it is, and what can be done. */
function Head({ type, object, id, data, draft, saving, needsApproval, onSave }: HeadProps) {
  const { t, say } = useSpeech();
  const catalog = useCatalog();
  const [open, setOpen] = useState<"versions" | "evidence" | null>(null);
  const { document, locked } = draft.base;
  const status = catalog.field(object, "status")?.config.choices?.find((choice) => choice.key === document["status"]);
  const isQuote = object === "quote";
  const close = () => setOpen(null);
  return (
    <header className={styles["head"]}>
      <Link to="/o/$object/$id" params={{ object, id }} className={styles["crumb"]}><ObjectMark icon={type.icon} color={type.color} size={20} />{String(document["number"] ?? say(type.label))}</Link>
      <ChevronRight size={13} color="var(--faint)" aria-hidden />
      <h1 className={styles["title"]}>{String(draft.value("name") ?? "")}</h1>
      <span data-testid="document-status"><Tag color={status?.color}>{say(status?.label) || String(document["status"] ?? "")}</Tag></span>
      {isQuote && <Button size="small" type="text" icon={<FileClock size={14} />} onClick={() => setOpen("versions")}>{t("quoting.versionNo", { n: String(document["version_no"] ?? 1) })}</Button>}
      {isQuote && Boolean(document["answered_at"]) && <Button size="small" type="text" icon={<ShieldCheck size={14} />} onClick={() => setOpen("evidence")}>{t("quoting.evidence")}</Button>}
      <span className={styles["spring"]} />
      {draft.dirty && <span className={styles["dirty"]} role="status">{draft.restored ? t("quoting.restored") : t("quoting.unsaved")}</span>}
      {draft.dirty && <IconButton label={t("quoting.discard")} onClick={() => draft.begin(data)}><RotateCcw size={15} /></IconButton>}
      {!locked && <Button size="small" type={draft.dirty ? "primary" : "default"} loading={saving.busy} disabled={!draft.dirty || saving.busy} onClick={onSave}>{t("action.save")}</Button>}
      <PrintMenu object={object} id={id} />
      <Actions object={object} data={draft.base} document={document} needsApproval={needsApproval} quiet={draft.dirty} {...(draft.dirty && !locked ? { before: () => saving.save() } : {})} />
      <Suspense fallback={null}>
        {open === "versions" && <VersionsPanel id={id} onClose={close} />}
        {open === "evidence" && <EvidencePanel id={id} onClose={close} />}
      </Suspense>
    </header>
  );
}

function Editor({ type, object, id, data }: { type: ObjectType; object: DocumentObject; id: string; data: DocumentData }) {
  const { t } = useSpeech();
  const isPhone = useIsPhone();
  const draft = useDraft(object, id, data);
  const calculated = useCalculated(object, draft);
  const saving = useSave(object, id, draft);
  useLeaving(draft);
  const { locked } = draft.base;
  const result = withProblems(calculated, saving.problems.lines);
  const currency = result.currency ?? (draft.value("currency") ? String(draft.value("currency")) : null);
  const problems = { ...Object.fromEntries(result.problems.map((each) => [each.field, each.message])), ...saving.problems.header };
  const save = () => void saving.save().then((saved) => saved && toast(t("state.saved")));
  useSaveKey(!locked, () => draft.dirty && save());
  const shared = { draft, result, currency, locked };
  return (
    <div className={styles["page"]} data-testid="document">
      <Head type={type} object={object} id={id} data={data} draft={draft} saving={saving} needsApproval={result.needs_approval} onSave={save} />
      <Notices object={object} data={draft.base} result={result} />
      <HeaderFields object={object} draft={draft} locked={locked} problems={problems} />
      <div className={styles["body"]}>
        <section className={styles["sheet"]} aria-label={t("quoting.lines")}>
          {isPhone ? <LineCards object={object} {...shared} /> : <LineGrid {...shared} />}
        </section>
        <TotalsPane object={object} {...shared} problems={problems} />
      </div>
      {saving.conflict && <ConflictPanel object={object} draft={draft} now={saving.conflict} onMine={saving.keepMine} onTheirs={saving.keepTheirs} onClose={saving.closeConflict} />}
    </div>
  );
}
