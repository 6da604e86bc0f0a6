import { useNavigate, useSearch } from "@tanstack/react-router";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Checkbox } from "antd";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import { api } from "@/api/client";
import type { ObjectType, RecordData } from "@/api/types";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { Bone, ErrorState, State } from "@/ui/State";
import { toast } from "@/ui/toast";
import styles from "./Duplicates.module.css";
import { MergeFields } from "./MergeFields";
import { type MergePreview } from "./model";
import { PickOther } from "./PickOther";
import { useUndoMerge } from "./undo";

function Children({ preview }: { preview: MergePreview }) {
  const { t, say } = useSpeech();
  return (
    <section className={styles["section"]} data-testid="merge-children">
      <h2>{t("dup.children")}</h2>
      {preview.children.length === 0 && <p className={styles["hint"]}>{t("dup.noChildren")}</p>}
      {preview.children.length > 0 && (
        <div className={styles["wrap"]}><table className={styles["table"]}><tbody>
          {preview.children.map((each) => <tr key={`${each.object}.${each.field}`}><td>{say(each.label)}</td>{preview.records.map((record) => <td key={record.id}>{each.counts[record.id] ?? 0}</td>)}</tr>)}
        </tbody></table></div>
      )}
    </section>
  );
}

function Merging({ type, ids }: { type: ObjectType; ids: string[] }) {
  const { t, say } = useSpeech();
  const navigate = useNavigate();
  const client = useQueryClient();
  const undo = useUndoMerge();
  const [survivor, setSurvivor] = useState(ids[0] ?? "");
  const [choices, setChoices] = useState<Record<string, string>>({});
  const [differing, setDiffering] = useState(true);
  const [busy, setBusy] = useState(false);
  const order = [survivor, ...ids.filter((id) => id !== survivor)];
  const query = useQuery({ queryKey: ["merge", type.api_name, order.join()], queryFn: () => api.get<MergePreview>(`/records/${type.api_name}/merge`, { query: { ids: order.join(",") } }), retry: false, placeholderData: (before) => before });
  const merge = async () => {
    setBusy(true);
    try {
      const done = await api.post<{ merge: string; record: RecordData }>(`/records/${type.api_name}/merge`, { survivor, others: order.slice(1), choices });
      // What was merged is not asked for again while this page is left.
      void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "merge" });
      toast(t("dup.merged"), { action: { label: t("action.undo"), run: () => void undo(done.merge) } });
      void navigate({ to: "/o/$object/$id", params: { object: type.api_name, id: survivor } });
    } catch (error) {
      complain(error, t);
    }
    setBusy(false);
  };
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Bone width="60%" />;
  return (
    <div data-testid="merge">
      <header className={styles["head"]}><div><h1 className={styles["title"]}>{t("dup.mergeTitle", { label: say(type.label) })}</h1><p className={styles["hint"]}>{t("dup.mergeHint")}</p></div></header>
      <Checkbox checked={differing} onChange={(event) => setDiffering(event.target.checked)}>{t("dup.onlyDiffering")}</Checkbox>
      <MergeFields type={type} preview={query.data} survivor={survivor} choices={choices} differing={differing} onSurvivor={(id) => { setSurvivor(id); setChoices({}); }} onChoose={(field, id) => setChoices({ ...choices, [field]: id })} />
      <Children preview={query.data} />
      <div className={styles["section"]}><Button type="primary" loading={busy} onClick={() => void merge()}>{t("dup.doMerge", { n: ids.length })}</Button></div>
    </div>
  );
}

/** Records side by side, field by field: what stays of each. */
export function MergePage() {
  const { object = "", ids = "" } = useSearch({ strict: false });
  const type = useCatalog().object(object);
  const { t } = useSpeech();
  const found = ids.split(",").filter(Boolean);
  if (!type || found.length === 0 || found.length > 10) return <State drawing="missing" title={t("dup.mergeChoose")} />;
  return <div className={styles["page"]}><div className={styles["inner"]}>{found.length === 1 ? <PickOther type={type} id={found[0] ?? ""} /> : <Merging key={ids} type={type} ids={found} />}</div></div>;
}
