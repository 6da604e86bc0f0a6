import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "@/api/client";
import { useCatalog } from "@/api/catalog";
import type { Money } from "@/api/types";
import { useSpeech } from "@/messages";
import { formatMoney } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { Bone, ErrorState } from "@/ui/State";
import { Tag } from "@/ui/Tag";
import { documentKeys } from "../read";
import { Differences, type Difference } from "./Differences";
import styles from "../Quoting.module.css";

interface Version {
  id: string;
  version_no: number | string | null;
  number: string | null;
  status: string;
  total: Money | null;
  differences: Difference[];
}

/** All versions of a quote, each with what came to be otherwise than in the one before. */
export function VersionsPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { t, say, language } = useSpeech();
  const status = useCatalog().field("quote", "status");
  const found = useQuery({ queryKey: documentKeys.about("quote", id, "versions"), staleTime: 0, queryFn: ({ signal }) => api.get<{ versions: Version[] }>(`/quotes/${id}/versions`, { signal }) });
  return (
    <Panel title={t("quoting.versions")} onClose={onClose} wide>
      {found.isPending && <Bone height={120} />}
      {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      <ol className={styles["versions"]} data-testid="versions">
        {found.data?.versions.map((each, index) => {
          const choice = status?.config.choices?.find((one) => one.key === each.status);
          return (
            <li key={each.id}>
              <p>
                {each.id === id ? <b>{t("quoting.versionNo", { n: String(each.version_no ?? "") })}</b> : <Link to="/documents/$object/$id" params={{ object: "quote", id: each.id }} onClick={onClose}>{t("quoting.versionNo", { n: String(each.version_no ?? "") })}</Link>}
                <Tag color={choice?.color}>{say(choice?.label) || each.status}</Tag>
                <span className={styles["sum"]}>{each.total ? formatMoney(each.total, language) : ""}</span>
              </p>
              {(each.differences.length > 0 || index < (found.data?.versions.length ?? 0) - 1) && <Differences object="quote" differences={each.differences} />}
            </li>
          );
        })}
      </ol>
    </Panel>
  );
}
