import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { Check } from "lucide-react";
import { Fragment, useState } from "react";
import { ProblemError } from "@/api/client";
import { useCatalog } from "@/api/catalog";
import type { ImportJob, ImportMapping } from "@/api/imports";
import type { ObjectType } from "@/api/types";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { formatBytes } from "@/ui/format";
import { Bone, ErrorState } from "@/ui/State";
import { toast } from "@/ui/toast";
import { FileStep } from "./FileStep";
import styles from "./Import.module.css";
import { initialMapping } from "./mapping";
import { MapStep } from "./MapStep";
import { Progress } from "./Progress";
import { ReportStep } from "./ReportStep";
import { useImport } from "./useImport";

const STEPS = ["file", "understand", "check", "load"] as const;
const stepOf: Record<ImportJob["state"], number> = { analysed: 1, checking: 2, checked: 2, loading: 3, cancelling: 3, done: 3, cancelled: 3, failed: 3, undone: 3 };

function Steps({ at }: { at: number }) {
  const { t } = useSpeech();
  return (
    <ol className={styles["steps"]} aria-label={t("import.steps")}>
      {STEPS.map((step, index) => (
        <Fragment key={step}>
          {index > 0 && <li className={styles["line"]} aria-hidden />}
          <li className={cx(styles["step"], index < at && styles["stepDone"])} aria-current={index === at ? "step" : undefined} data-testid="import-step">
            {index < at && <Check size={13} aria-hidden />}{t(`import.step.${step}`)}
          </li>
        </Fragment>
      ))}
    </ol>
  );
}

interface StageProps {
  type: ObjectType;
  job: ImportJob;
  flow: ReturnType<typeof useImport>;
  mapping: ImportMapping;
  matching: boolean;
  onMapping: (mapping: ImportMapping) => void;
  onMatching: (on: boolean) => void;
  onAgain: () => void;
}

/** What the import's state asks for: matching, waiting, reading the report, or hearing why it failed. */
function Stage({ type, job, flow, mapping, matching, onMapping, onMatching, onAgain }: StageProps) {
  const { t } = useSpeech();
  const undo = () => void flow.undo().then((outcome) => outcome && toast(t("import.undone", outcome)));
  if (matching) return <MapStep type={type} job={job} mapping={mapping} busy={flow.sending} onMapping={onMapping} onCheck={() => void flow.check(mapping).then(() => onMatching(false))} />;
  if (job.state === "checking" || job.state === "loading" || job.state === "cancelling") return <Progress job={job} onCancel={() => void flow.cancel()} />;
  if (job.state === "failed")
    return (
      <>
        <ErrorState error={job.error ? new ProblemError(job.error) : new Error(t("import.failed"))} />
        <Button onClick={onAgain}>{t("import.again")}</Button>
      </>
    );
  return (
    <>
      {job.state === "undone" && <p className={styles["warn"]}>{t("import.taken")}</p>}
      {job.state === "cancelled" && <p className={styles["warn"]}>{t("import.cancelled")}</p>}
      <ReportStep type={type} job={job} mapping={mapping} busy={flow.sending} onBack={() => onMatching(true)} onRun={() => void flow.run()} onUndo={undo} onAgain={onAgain} />
      {!job.report && <Button onClick={onAgain}>{t("import.again")}</Button>}
    </>
  );
}

function FileBar({ job, onAgain }: { job: ImportJob; onAgain: (() => void) | undefined }) {
  const { t, language } = useSpeech();
  return (
    <div className={styles["fileBar"]}>
      <strong>{job.file_name}</strong>
      <span className={styles["muted"]}>
        {t("import.fileMeta", { rows: job.row_count, columns: job.columns.length, size: formatBytes(job.size, language) })}
        {[job.format.encoding, job.format.sheet].filter(Boolean).map((part) => ` · ${part}`)}
      </span>
      <span className={styles["gap"]} />
      {onAgain && <Button type="text" size="small" onClick={onAgain}>{t("import.again")}</Button>}
    </div>
  );
}

/** Columns are being matched at first, and again when one goes back from the report. */
const isMatching = (job: ImportJob | undefined, editing: boolean) => job?.state === "analysed" || (editing && job?.state === "checked");

/** One file on its way in: file → understand → check → load, all on one page that can be left and come back to. */
export function ImportPage() {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const navigate = useNavigate();
  const { id, object: wanted } = useSearch({ strict: false }) as { id?: string; object?: string };
  const flow = useImport(id);
  const [edited, setEdited] = useState<{ id: string; mapping: ImportMapping } | null>(null);
  const [editing, setEditing] = useState(false);
  const job = id ? flow.job.data : undefined;
  const object = job?.object ?? wanted ?? catalog.navigation.find((type) => type.permissions.import)?.api_name ?? "";
  const type = catalog.object(object);
  const again = () => void navigate({ to: "/import", search: { object } });
  const matching = isMatching(job, editing);
  const step = !job ? 0 : matching ? 1 : stepOf[job.state];

  return (
    <div className={styles["page"]}>
      <header className={styles["head"]}>
        <h1 className={styles["title"]}>{t("import.title")}{job && type ? ` · ${say(type.label_plural)}` : ""}</h1>
        <Steps at={step} />
      </header>
      {!id && <FileStep object={object} onObject={(next) => void navigate({ to: "/import", search: { object: next }, replace: true })} onUploaded={(made) => void navigate({ to: "/import", search: { id: made.id } })} />}
      {id && flow.job.isError && <ErrorState error={flow.job.error} onRetry={() => void flow.job.refetch()} />}
      {id && flow.job.isPending && <Bone height={200} />}
      {job && type && (
        <>
          <FileBar job={job} onAgain={matching || job.state === "checked" ? again : undefined} />
          <Stage
            type={type} job={job} flow={flow} matching={matching} mapping={edited?.id === job.id ? edited.mapping : initialMapping(catalog, job)}
            onMapping={(next) => setEdited({ id: job.id, mapping: next })} onMatching={setEditing} onAgain={again}
          />
        </>
      )}
    </div>
  );
}
