import { Link } from "@tanstack/react-router";
import { useQueryClient } from "@tanstack/react-query";
import { Button, Popconfirm } from "antd";
import { useCatalog } from "@/api/catalog";
import { api } from "@/api/client";
import type { RecordData, Reference } from "@/api/types";
import { useSpeech } from "@/messages";
import { formatDateTime } from "@/ui/format";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import styles from "@/features/base/Pipelines.module.css";

const PARTS = ["account", "contact", "opportunity"] as const;
const DAY_MS = 864e5;

/** What a lead has become; for a day it can be taken back. */
export function Converted({ record, mayUndo }: { record: RecordData; mayUndo: boolean }) {
  const catalog = useCatalog();
  const client = useQueryClient();
  const { t, say, language } = useSpeech();
  const at = String(record["converted_at"] ?? "");
  const parts = PARTS.flatMap((name) => {
    const made = record[`converted_${name}`] as Reference | null | undefined;
    return made ? [{ name, made }] : [];
  });
  const undo = async () => {
    try {
      await api.delete(`/leads/${record.id}/conversion`);
      toast(t("pipelines.undone"));
    } catch (error) {
      complain(error, t);
    }
    await client.invalidateQueries({ queryKey: ["records"] });
  };
  return (
    <section className={styles["became"]} aria-label={t("pipelines.became")} data-testid="converted">
      <p>{t("pipelines.becameAt", { when: at ? formatDateTime(at, language) : "" })}</p>
      <ul>{parts.map(({ name, made }) => <li key={name}><small>{say(catalog.object(name)?.label)}</small> <Link to="/o/$object/$id" params={{ object: name, id: made.id }}>{made.label ?? t("record.untitled")}</Link></li>)}</ul>
      {mayUndo && at && Date.now() - Date.parse(at) < DAY_MS && <Popconfirm title={t("pipelines.undoAsk")} okText={t("pipelines.undo")} cancelText={t("action.cancel")} onConfirm={() => void undo()}><Button size="small">{t("pipelines.undo")}</Button></Popconfirm>}
    </section>
  );
}
