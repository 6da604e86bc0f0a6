import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FileSpreadsheet } from "lucide-react";
import { useState, type DragEvent } from "react";
import { api } from "@/api/client";
import { useCatalog } from "@/api/catalog";
import type { ImportJob } from "@/api/imports";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { FormRow } from "@/ui/FormRow";
import { complain } from "@/ui/says";
import { Tag } from "@/ui/Tag";
import styles from "./Import.module.css";

interface Props {
  object: string;
  onObject: (object: string) => void;
  onUploaded: (job: ImportJob) => void;
}

const tones: Record<string, string> = { done: "green", failed: "red", loading: "blue", checking: "blue", checked: "yellow", analysed: "yellow", cancelled: "gray", undone: "gray" };

function Recent() {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const recent = useQuery({ queryKey: ["imports"], queryFn: () => api.get<ImportJob[] | { imports?: ImportJob[] }>("/imports") });
  const jobs = Array.isArray(recent.data) ? recent.data : (recent.data?.imports ?? []);
  if (jobs.length === 0) return null;
  return (
    <section className={styles["recent"]}>
      <h2>{t("import.recent")}</h2>
      <table className={styles["table"]}>
        <tbody>
          {jobs.slice(0, 8).map((job) => (
            <tr key={job.id}>
              <td><Link to="/import" search={{ id: job.id }}>{job.file_name}</Link></td>
              <td>{say(catalog.object(job.object)?.label_plural)}</td>
              <td>{t("list.count", { n: job.row_count })}</td>
              <td><Tag color={tones[job.state]}>{t(`import.state.${job.state}`)}</Tag></td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** First step: what it is and the file itself; reading starts as soon as the file is dropped. */
export function FileStep({ object, onObject, onUploaded }: Props) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const [over, setOver] = useState(false);
  const [reading, setReading] = useState<string | null>(null);
  const targets = catalog.data.objects.filter((type) => type.permissions.import).sort((a, b) => a.position - b.position);

  const upload = async (file: File | undefined) => {
    if (!file || reading) return;
    setReading(file.name);
    const form = new FormData();
    form.append("object", object);
    form.append("file", file);
    try {
      onUploaded(await api.post<ImportJob>("/imports", form));
    } catch (error) {
      complain(error, t);
    }
    setReading(null);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void upload(event.dataTransfer.files[0]);
  };
  return (
    <>
      <div className={styles["objectRow"]}>
        <FormRow label={t("import.object")}>
          {({ id }) => <Choose id={id} value={object} clearable={false} options={targets.map((type) => ({ value: type.api_name, text: say(type.label_plural) }))} onPick={(next) => onObject(String(next))} />}
        </FormRow>
      </div>
      <label className={cx(styles["drop"], over && styles["dropOver"])} onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={onDrop}>
        <FileSpreadsheet size={36} strokeWidth={1.4} color="var(--accent)" aria-hidden />
        <strong>{reading ? t("import.uploading", { name: reading }) : t("import.drop")}</strong>
        <span className={styles["muted"]}>{t("import.dropHint")}</span>
        <input type="file" className="sr-only" data-testid="import-file" aria-label={t("import.drop")} accept=".csv,.tsv,.txt,.xlsx" disabled={Boolean(reading)} onChange={(event) => { void upload(event.target.files?.[0]); event.target.value = ""; }} />
      </label>
      <Recent />
    </>
  );
}
