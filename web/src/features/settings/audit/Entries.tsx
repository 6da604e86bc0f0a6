import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { formatDateTime } from "@/ui/format";
import { Bone, ErrorState, State } from "@/ui/State";
import { Tag } from "@/ui/Tag";
import settings from "../Settings.module.css";
import { filterNames, gist, useEntries, type AuditEntry, type AuditFilters } from "./audit";
import styles from "./Audit.module.css";
import { EntryPanel } from "./EntryPanel";
import { ExportMenu } from "./ExportMenu";
import { Filters } from "./Filters";

const tones = { done: "green", denied: "yellow", failed: "red" } as const;

/** Who acted; with borrowed eyes, who looked through them. */
export function useWho() {
  const { t } = useSpeech();
  return (entry: AuditEntry) => {
    const name = entry.actor.name ?? entry.actor.kind_label;
    return entry.real_user ? t("audit.behalf", { real: entry.real_user.name ?? entry.real_user.id ?? "", name }) : name;
  };
}

function Row({ entry, onOpen }: { entry: AuditEntry; onOpen: () => void }) {
  const { t, language } = useSpeech();
  const who = useWho();
  const count = Number(entry.detail["count"] ?? 0);
  return (
    <tr className={styles["row"]} onClick={onOpen}>
      <td><button type="button" className={styles["open"]} aria-label={t("audit.open", { action: entry.action_label })}>{entry.action_label}</button></td>
      <td className={styles["time"]}>{formatDateTime(entry.at, language)}</td>
      <td>{who(entry)}</td>
      <td>{entry.object?.label}</td>
      <td className={styles["gist"]} title={gist(entry)}>{gist(entry)}</td>
      <td>{entry.outcome !== "done" && <Tag color={tones[entry.outcome]}>{entry.outcome_label}</Tag>} {count > 1 && entry.outcome === "denied" && t("audit.times", { n: count })}</td>
    </tr>
  );
}

export function Entries() {
  const { t } = useSpeech();
  const navigate = useNavigate();
  const search = useSearch({ from: "/shell/settings/audit" });
  const filters = Object.fromEntries(filterNames.flatMap((name) => (search[name] ? [[name, search[name]]] : []))) as AuditFilters;
  const found = useEntries(filters);
  const rows = found.data?.pages.flatMap((page) => page.entries) ?? [];
  // An entry is opened by the address, so that one can be sent to a colleague.
  const go = (next: AuditFilters & { entry?: string }) => void navigate({ to: "/settings/audit", search: next });
  return (
    <>
      <Filters value={filters} onChange={go} />
      <div className={styles["bar"]}>
        <p className={cx(settings["hint"], styles["grow"])}>{filters.text ? t("audit.searchHint") : ""}</p>
        {Object.keys(filters).length > 0 && <Button type="text" onClick={() => go({})}>{t("audit.clear")}</Button>}
        <ExportMenu filters={filters} />
      </div>
      {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <><Bone width="80%" /><Bone width="64%" /><Bone width="72%" /></>}
      {found.isSuccess && rows.length === 0 && <State drawing="rows" title={t("audit.none")} hint={t("audit.noneHint")} />}
      {rows.length > 0 && (
        <table className={cx(settings["table"], styles["entries"])} data-testid="audit-entries">
          <thead><tr><th>{t("audit.action")}</th><th>{t("audit.when")}</th><th>{t("audit.who")}</th><th>{t("audit.object")}</th><th>{t("audit.what")}</th><th>{t("audit.outcome")}</th></tr></thead>
          <tbody>{rows.map((entry) => <Row key={entry.id} entry={entry} onOpen={() => go({ ...filters, entry: entry.id })} />)}</tbody>
        </table>
      )}
      {found.hasNextPage && <Button type="text" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>{t("action.loadMore")}</Button>}
      {search.entry && <EntryPanel id={search.entry} onNarrow={go} onClose={() => go(filters)} />}
    </>
  );
}
