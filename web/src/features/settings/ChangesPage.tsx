import { useQuery } from "@tanstack/react-query";
import { Button, Popconfirm } from "antd";
import { useState } from "react";
import { api } from "@/api/client";
import { useCatalog } from "@/api/catalog";
import type { ChangeOperation, ChangeSet, Localized } from "@/api/types";
import { keys } from "@/features/base/keys";
import { messages, useSpeech, type MessageKey } from "@/messages";
import { formatDateTime } from "@/ui/format";
import { complain } from "@/ui/says";
import { Bone, ErrorState, State } from "@/ui/State";
import { Tag } from "@/ui/Tag";
import { toast } from "@/ui/toast";
import { useModelChanges } from "./changes";
import styles from "./Settings.module.css";

type History = ChangeSet[] | { changes?: ChangeSet[]; entries?: ChangeSet[] };
const SHOWN = 6;
/** What the product itself installed has no actor; taking that back would remove the CRM, so it is not offered. */
const ownChange = (change: ChangeSet) => Boolean(change.actor ?? change.actor_id);
/** The contract does not name the list's member, so each likely one is taken. */
const listOf = (data: History): ChangeSet[] => (Array.isArray(data) ? data : (data.changes ?? data.entries ?? []));

/** The server's own sentence, or, where the history gives the bare operation, one made from its names. */
function useSummary() {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  return (operation: ChangeOperation): string => {
    const raw = operation as unknown as { object?: string; api_name?: string; label?: Localized; field?: string | { label?: Localized; api_name?: string } };
    const field = typeof raw.field === "string" ? say(catalog.field(raw.object ?? "", raw.field)?.label) || raw.field : say(raw.field?.label);
    const told = operation.summary ? say(operation.summary) : "";
    const object = say(raw.label) || say(catalog.object(raw.object ?? raw.api_name ?? "")?.label) || raw.object || "";
    const key = `change.${operation.kind}` as MessageKey;
    const name = operation.kind.endsWith("object") ? told || object : [object, told || field].filter(Boolean).join(" · ");
    return key in messages ? t(key as "change.add_field", { name }) : `${operation.kind} ${name}`;
  };
}

export function ChangesPage() {
  const { t, language } = useSpeech();
  const summary = useSummary();
  const changes = useModelChanges();
  const [busy, setBusy] = useState<string | null>(null);
  const history = useQuery({ queryKey: keys.changes, queryFn: () => api.get<History>("/metadata/changes") });
  const revert = async (id: string) => {
    setBusy(id);
    try {
      await changes.revert(id);
      toast(t("changes.done"));
    } catch (error) {
      complain(error, t);
    }
    setBusy(null);
  };
  const list = history.data ? listOf(history.data) : [];
  return (
    <>
      <header className={styles["head"]}><div><h2 className={styles["title"]}>{t("settings.changes")}</h2><p className={styles["hint"]}>{t("changes.hint")}</p></div></header>
      {history.isError && <ErrorState error={history.error} onRetry={() => void history.refetch()} />}
      {history.isPending && <Bone width="60%" />}
      {history.isSuccess && list.length === 0 && <State drawing="rows" title={t("changes.empty")} hint={t("changes.emptyHint")} />}
      <ol>
        {list.map((change) => {
          const at = change.at ?? change.created_at;
          const reverted = change.reverted || Boolean(change.reverted_by);
          const reversible = change.operations.every((operation) => operation.reversible !== false);
          return (
            <li key={change.id} className={styles["change"]}>
              <div>
                {change.operations.slice(0, SHOWN).map((operation, index) => <p key={index}>{summary(operation)}</p>)}
                {change.operations.length > SHOWN && <p className={styles["hint"]}>{t("change.more", { n: change.operations.length })}</p>}
                <p className={styles["hint"]}>{[t("changes.version", { n: change.version }), change.actor?.label, at && formatDateTime(at, language)].filter(Boolean).join(" · ")}</p>
              </div>
              {reverted ? <Tag color="gray">{t("changes.reverted")}</Tag> : reversible && ownChange(change) && (
                <Popconfirm title={t("changes.confirm", { n: change.operations.length })} okText={t("changes.revert")} cancelText={t("action.cancel")} onConfirm={() => revert(change.id)}>
                  <Button size="small" loading={busy === change.id}>{t("changes.revert")}</Button>
                </Popconfirm>
              )}
            </li>
          );
        })}
      </ol>
    </>
  );
}
