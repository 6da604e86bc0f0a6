import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { api } from "@/api/client";
import { useSpeech } from "@/messages";
import { formatDateTime } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { Bone, ErrorState } from "@/ui/State";
import settings from "../Settings.module.css";
import { auditKeys, lines, type AuditEntry, type AuditFilters } from "./audit";
import styles from "./Audit.module.css";
import { useWho } from "./Entries";

interface Props {
  id: string;
  onClose: () => void;
  onNarrow: (filters: AuditFilters) => void;
}

function Changes({ changes }: { changes: NonNullable<AuditEntry["changes"]> }) {
  const { t } = useSpeech();
  return (
    <>
      <h3 className={styles["heading"]}>{t("audit.changes")}</h3>
      <table className={settings["table"]} data-testid="audit-changes">
        <thead><tr><th>{t("audit.field")}</th><th>{t("audit.before")}</th><th>{t("audit.after")}</th></tr></thead>
        <tbody>{changes.map((change) => <tr key={change.field}><td>{change.label}</td><td className={styles["before"]}>{change.from}</td><td className={styles["after"]}>{change.to}</td></tr>)}</tbody>
      </table>
    </>
  );
}

function Facts({ rows }: { rows: (readonly [string, string | null | undefined])[] }) {
  return <dl className={styles["facts"]}>{rows.filter(([, value]) => value).map(([name, value]) => [<dt key={`${name} name`}>{name}</dt>, <dd key={name}>{value}</dd>])}</dl>;
}

/** One entry with everything it holds. */
export function EntryPanel({ id, onClose, onNarrow }: Props) {
  const { t, language } = useSpeech();
  const who = useWho();
  const found = useQuery({ queryKey: auditKeys.entry(id), queryFn: () => api.get<AuditEntry>(`/audit/entries/${id}`) });
  const entry = found.data;
  const told = entry ? lines({ ...entry.target, ...entry.detail }) : [];
  return (
    <Panel title={entry?.action_label ?? t("audit.detail")} onClose={onClose} wide>
      {found.isError && <ErrorState error={found.error} />}
      {found.isPending && <Bone width="70%" />}
      {entry && (
        <>
          <Facts rows={[
            [t("audit.who"), who(entry)], [t("audit.when"), formatDateTime(entry.at, language)], [t("audit.outcome"), entry.outcome_label],
            [t("audit.object"), entry.object?.label], [t("audit.record"), entry.record], [t("audit.address"), entry.address],
            [t("audit.client"), entry.client], [t("audit.session"), entry.session],
          ]} />
          {entry.changes && entry.changes.length > 0 && <Changes changes={entry.changes} />}
          {told.length > 0 && <><h3 className={styles["heading"]}>{t("audit.detail")}</h3><Facts rows={told} /></>}
          <div className={styles["foot"]}>
            {entry.record && <Button onClick={() => onNarrow({ record: entry.record ?? "" })}>{t("audit.thisRecord")}</Button>}
            {entry.actor.id && <Button onClick={() => onNarrow({ actor: entry.actor.id ?? "" })}>{t("audit.thisPerson")}</Button>}
          </div>
        </>
      )}
    </Panel>
  );
}
