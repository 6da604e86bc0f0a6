import { Button } from "antd";
import { FileUp } from "lucide-react";
import { useRef, useState } from "react";
import { api, ProblemError } from "@/api/client";
import { SwitchRow } from "@/fields/parts/ConfigRows";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import styles from "../Build.module.css";
import { useRefreshModel, useRevert } from "../history/revert";
import { Difference, type Found } from "./Difference";

interface Done {
  change: string | null;
  operations: number;
  views: number;
  roles: number;
  rows: number;
}

/** Faults of a file with where they are in it. */
function Faults({ error }: { error: ProblemError }) {
  return (
    <div className={styles["refused"]} role="alert">
      <strong>{error.message}</strong>
      <ul>{error.errors.map((each, index) => <li key={index}><code className={styles["code"]}>{each.pointer}</code> {each.message}</li>)}</ul>
    </div>
  );
}

/** A file is compared first; what it would do and where it cannot stands there before it is applied, whole or not at all. */
export function ApplyFile() {
  const { t } = useSpeech();
  const refresh = useRefreshModel();
  const revert = useRevert();
  const [file, setFile] = useState<{ name: string; text: string } | null>(null);
  const [prune, setPrune] = useState(false);
  const [found, setFound] = useState<Found | null>(null);
  const [error, setError] = useState<ProblemError | null>(null);
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const send = async <T,>(dry: boolean, next: { name: string; text: string }, removing: boolean): Promise<T | null> => {
    setBusy(true);
    setError(null);
    try {
      return await api.post<T>("/metadata/configuration", { document: next.text, name: next.name.slice(0, 120), prune: removing, dry_run: dry });
    } catch (failure) {
      if (failure instanceof ProblemError && failure.status < 500) setError(failure);
      complain(failure, t);
      return null;
    } finally {
      setBusy(false);
    }
  };
  const compare = async (next: { name: string; text: string }, removing: boolean) => {
    setFound(null);
    setFound(await send<Found>(true, next, removing));
  };
  const choose = async (chosen: File | undefined) => {
    if (!chosen) return;
    const next = { name: chosen.name, text: await chosen.text() };
    setFile(next);
    await compare(next, prune);
  };
  const apply = async () => {
    const done = file && (await send<Done>(false, file, prune));
    if (!done) return;
    await refresh();
    setFound(null);
    setFile(null);
    toast(t("configuration.applied", { n: done.operations }), done.change ? { action: { label: t("action.undo"), run: () => void revert(done.change ?? "") } } : {});
  };
  return (
    <section className={styles["box"]} aria-label={t("configuration.apply")}>
      <h3>{t("configuration.apply")}</h3>
      <FormRow label={t("configuration.file")} help={t("configuration.fileHelp")}>{({ id, describedBy }) => (
        <span className={styles["pickFile"]}>
          <input ref={input} id={id} className="sr-only" aria-describedby={describedBy} type="file" accept=".yaml,.yml" onChange={(event) => { void choose(event.target.files?.[0]); event.target.value = ""; }} />
          <Button icon={<FileUp size={14} />} tabIndex={-1} aria-hidden onClick={() => input.current?.click()}>{t("configuration.choose")}</Button>
          {file && <span>{file.name}</span>}
        </span>
      )}</FormRow>
      <SwitchRow label={t("configuration.prune")} value={prune} onChange={(next) => { setPrune(next); if (file) void compare(file, next); }} />
      {error && <Faults error={error} />}
      {found && <Difference found={found} />}
      {found && <Button type="primary" loading={busy} disabled={found.clashes.length > 0} onClick={() => void apply()}>{t("configuration.applyDo", { n: found.operations.length })}</Button>}
    </section>
  );
}
