import { useQuery } from "@tanstack/react-query";
import { Button, Popconfirm } from "antd";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import { api } from "@/api/client";
import { keys } from "@/features/base/keys";
import { useSpeech } from "@/messages";
import { formatDateTime } from "@/ui/format";
import { Bone, ErrorState, State } from "@/ui/State";
import { Tag } from "@/ui/Tag";
import styles from "../Build.module.css";
import { useDraft } from "../draft/context";
import { useWords } from "../draft/words";
import type { Change } from "../model";
import { useRevert } from "./revert";

const SHOWN = 6;

/** Drafts of others, and one's own that lie aside: whoever may configure may go on with each. */
function Drafts() {
  const { t, language } = useSpeech();
  const draft = useDraft();
  if (draft.others.length === 0) return null;
  return (
    <section className={styles["zone"]}>
      <h3>{t("draft.others")}</h3>
      <ul>
        {draft.others.map((each) => (
          <li key={each.id} className={styles["change"]}>
            <div><p>{each.name}</p><p className={styles["hint"]}>{[each.updated_by?.label, formatDateTime(each.updated_at, language), t("draft.count", { n: each.operations.length })].filter(Boolean).join(" \u00b7 ")}</p></div>
            <Button size="small" onClick={() => draft.take(each.id)}>{t("draft.take")}</Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface Recalculation {
  id: string;
  object: string;
  fields: string[];
  done?: number;
  total?: number;
  error?: string | null;
}

/** Values that are still being set anew after a change. */
function Recalculations() {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const found = useQuery({ queryKey: ["build", "recalculations"], refetchInterval: 5_000, queryFn: () => api.get<{ recalculations: Recalculation[] }>("/metadata/recalculations") });
  const list = found.data?.recalculations ?? [];
  if (list.length === 0) return null;
  return (
    <section className={styles["zone"]} role="status">
      <h3>{t("history.running")}</h3>
      <ul>{list.map((each) => <li key={each.id}>{say(catalog.object(each.object)?.label)}: {each.fields.map((name) => say(catalog.field(each.object, name)?.label)).join(t("list.comma"))}{each.error ? ` \u00b7 ${each.error}` : ""}</li>)}</ul>
    </section>
  );
}

function Entry({ change }: { change: Change }) {
  const { t, language } = useSpeech();
  const words = useWords();
  const revert = useRevert();
  const [busy, setBusy] = useState(false);
  const at = change.at ?? change.created_at;
  const reversible = change.operations.every((operation) => operation.reversible !== false);
  const run = async () => {
    setBusy(true);
    await revert(change.id);
    setBusy(false);
  };
  return (
    <li className={styles["change"]}>
      <div>
        {change.name && <p><strong>{change.name}</strong></p>}
        {change.note && <p className={styles["note"]}>{change.note}</p>}
        {change.operations.slice(0, SHOWN).map((operation, index) => <p key={index}>{words(operation)}</p>)}
        {change.operations.length > SHOWN && <p className={styles["hint"]}>{t("change.more", { n: change.operations.length - SHOWN })}</p>}
        <p className={styles["hint"]}>{[t("changes.version", { n: change.version }), change.actor?.label, at && formatDateTime(at, language)].filter(Boolean).join(" \u00b7 ")}</p>
      </div>
      {/* What the product itself installed has no actor; taking that back would remove the CRM, so it is not offered. */}
      {change.reverted_by ? <Tag color="gray">{t("changes.reverted")}</Tag> : reversible && change.actor && (
        <Popconfirm title={t("changes.confirm", { n: change.operations.length })} okText={t("changes.revert")} cancelText={t("action.cancel")} onConfirm={run}>
          <Button size="small" loading={busy}>{t("changes.revert")}</Button>
        </Popconfirm>
      )}
    </li>
  );
}

/** Who changed the model when and why; each can be taken back. */
export function HistoryPage() {
  const { t } = useSpeech();
  const history = useQuery({ queryKey: keys.changes, queryFn: () => api.get<{ changes: Change[] }>("/metadata/changes") });
  const list = history.data?.changes ?? [];
  return (
    <>
      <header className={styles["head"]}><div><h2 className={styles["title"]}>{t("settings.changes")}</h2><p className={styles["hint"]}>{t("changes.hint")}</p></div></header>
      <Recalculations />
      <Drafts />
      {history.isError && <ErrorState error={history.error} onRetry={() => void history.refetch()} />}
      {history.isPending && <Bone width="60%" />}
      {history.isSuccess && list.length === 0 && <State drawing="rows" title={t("changes.empty")} hint={t("changes.emptyHint")} />}
      <ol aria-label={t("settings.changes")}>{list.map((change) => <Entry key={change.id} change={change} />)}</ol>
    </>
  );
}
