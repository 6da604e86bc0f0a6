import "@/features/base/printWords";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Button, Popconfirm } from "antd";
import { useState } from "react";
import { api } from "@/api/client";
import { useCatalog } from "@/api/catalog";
import type { Language, ObjectType } from "@/api/types";
import { PickRow, SwitchRow, TextRow } from "@/fields/parts/ConfigRows";
import { useCandidates } from "@/fields/relation/references";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { Bone, ErrorState, State } from "@/ui/State";
import { toast } from "@/ui/toast";
import { places, useTemplate, type WholeTemplate } from "./model";
import { Preview } from "./parts/Preview";
import { Sections } from "./parts/Sections";
import styles from "./Printing.module.css";

/** A template of the workspace, or a new one that begins as what ships. */
export function TemplatePage() {
  const { id = "new" } = useParams({ strict: false });
  const search = useSearch({ strict: false }) as { object?: string; language?: Language };
  const { language } = useSpeech();
  const query = useTemplate(id, search.object ?? "quote", search.language ?? language);
  const type = useCatalog().object(query.data?.object ?? "");
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (query.isPending) return <Bone height={320} />;
  return type ? <Editor key={id} type={type} begin={query.data as WholeTemplate} /> : <State drawing="rows" title="" />;
}

function Editor({ type, begin }: { type: ObjectType; begin: WholeTemplate }) {
  const { t, say } = useSpeech();
  const client = useQueryClient();
  const navigate = useNavigate();
  const companies = useCandidates("company", "", true);
  const [draft, setDraft] = useState({ name: begin.name ?? "", company: begin.company?.id ?? null, active: begin.active ?? true, document: begin.document });
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const set = (change: Partial<typeof draft>) => setDraft((old) => ({ ...old, ...change }));
  const toList = () => navigate({ to: "/settings/printing" });
  const run = async (write: () => Promise<unknown>, said: string) => {
    setBusy(true);
    try {
      await write();
      await client.invalidateQueries({ queryKey: ["print-templates"] });
      toast(said);
      await toList();
    } catch (error) {
      setErrors(places(error));
      complain(error, t);
      setBusy(false);
    }
  };
  const body = { ...draft, name: draft.name.trim(), language: begin.language };
  const save = () => run(() => (begin.id ? api.put(`/print-templates/${begin.id}`, { ...body, version: begin.version }) : api.post("/print-templates", { ...body, object: type.api_name })), t("print.saved"));
  return (
    <div data-testid="print-template">
      <header className={styles["head"]}>
        <div>
          <h2 className={styles["title"]}><Link to="/settings/printing">{t("print.templates")}</Link> / {draft.name || t("print.new")}</h2>
          <p className={styles["hint"]}>{say(type.label)} · {t(`print.${begin.language}`)} · {t("print.texts", { example: "{{ document.number }}", relation: "{{ account.name }}" })}</p>
        </div>
        {begin.id && (
          <Popconfirm title={t("print.removeConfirm")} okText={t("action.delete")} cancelText={t("action.cancel")} onConfirm={() => run(() => api.delete(`/print-templates/${begin.id}`, { query: { version: begin.version } }), t("print.removed"))}>
            <Button danger type="text" disabled={busy}>{t("action.delete")}</Button>
          </Popconfirm>
        )}
        <Button type="primary" loading={busy} disabled={!body.name} onClick={() => void save()}>{t("print.save")}</Button>
      </header>
      <div className={styles["editor"]}>
        <div>
          <div className={styles["pair"]}>
            <TextRow label={t("print.name")} value={draft.name} onChange={(name) => set({ name: name ?? "" })} />
            <PickRow label={t("print.company")} clearable value={draft.company} options={companies.options} help={draft.company ? undefined : t("print.anyCompany")} onChange={(company) => set({ company })} />
            <TextRow label={t("print.docTitle")} error={errors["/title"]} value={draft.document.title} onChange={(title) => set({ document: { ...draft.document, title: title ?? "" } })} />
            <TextRow label={t("print.fileName")} error={errors["/file_name"]} value={draft.document.file_name} onChange={(file_name) => set({ document: { ...draft.document, file_name: file_name ?? "" } })} />
          </div>
          <SwitchRow label={t("print.active")} value={draft.active} onChange={(active) => set({ active })} />
          <Sections type={type} value={draft.document} errors={errors} onChange={(change) => setDraft((old) => ({ ...old, document: { ...old.document, ...change } }))} />
        </div>
        <Preview object={type.api_name} language={begin.language} document={draft.document} onErrors={setErrors} />
      </div>
    </div>
  );
}
