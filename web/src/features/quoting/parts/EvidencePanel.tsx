import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { useSpeech } from "@/messages";
import { formatDateTime } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { Bone, ErrorState } from "@/ui/State";
import { documentKeys } from "../read";
import styles from "../Quoting.module.css";

interface Evidence {
  answer: string;
  at: string;
  name: string;
  title: string | null;
  reason: string | null;
  address: string | null;
  agent: string | null;
  sha256: string | null;
  signature: string | null;
}

/** What is kept of a customer's answer: who, when, from where, over which document. */
export function EvidencePanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { t, language } = useSpeech();
  const found = useQuery({ queryKey: documentKeys.about("quote", id, "evidence"), staleTime: 0, queryFn: ({ signal }) => api.get<Evidence>(`/quotes/${id}/evidence`, { signal }) });
  const evidence = found.data;
  const rows = evidence ? ([["name", evidence.name], ["title", evidence.title], ["at", formatDateTime(evidence.at, language)], ["address", evidence.address], ["agent", evidence.agent], ["hash", evidence.sha256], ["reason", evidence.reason]] as const).filter(([, value]) => value) : [];
  return (
    <Panel title={t("quoting.evidence")} onClose={onClose}>
      {found.isPending && <Bone height={120} />}
      {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {evidence && (
        <dl className={styles["changes"]} data-testid="evidence">
          {rows.map(([key, value]) => <div key={key}><dt>{t(`quoting.evidence.${key}`)}</dt><dd className={styles["wrap"]}>{value}</dd></div>)}
          {evidence.signature && <div><dt>{t("quoting.evidence.signature")}</dt><dd><img className={styles["signature"]} src={evidence.signature} alt={t("quoting.evidence.signature")} /></dd></div>}
        </dl>
      )}
    </Panel>
  );
}
