import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { api, BASE } from "@/api/client";
import { useSpeech } from "@/messages";
import { formatBytes, formatDateTime } from "@/ui/format";
import { Bone, ErrorState, State } from "@/ui/State";
import styles from "./Inbox.module.css";

interface ExportDoc {
  id: string;
  name: string;
  state: "waiting" | "running" | "ready" | "failed" | "gone";
  rows: number;
  done: number;
  size: number | null;
  error: string | null;
  expires_at: string | null;
}

function StateOf({ found }: { found: ExportDoc }) {
  const { t, language } = useSpeech();
  if (found.state === "ready") return <>{t("exports.ready", { at: formatDateTime(found.expires_at ?? "", language) })}</>;
  if (found.state === "failed") return <span className={styles["late"]}>{t("exports.failed", { error: found.error ?? "" })}</span>;
  return <>{t(`exports.${found.state}`)}{found.state === "running" && ` · ${t("exports.rows", { done: found.done, rows: found.rows })}`}</>;
}

/** Lists that a job writes, or wrote, for whoever asked. */
export function ExportsPage() {
  const { t, language } = useSpeech();
  const exports = useQuery({
    queryKey: ["exports"],
    queryFn: () => api.get<{ exports: ExportDoc[] }>("/exports").then((found) => found.exports),
    refetchInterval: ({ state: { data } }) => (data?.some((each) => each.state === "waiting" || each.state === "running") ? 2_000 : false),
  });
  return (
    <div className={styles["page"]}>
      <div className={styles["inner"]} data-testid="exports">
        <header className={styles["head"]}><div><h1 className={styles["title"]}>{t("exports.title")}</h1><p className={styles["hint"]}>{t("exports.hint")}</p></div></header>
        {exports.isError && <ErrorState error={exports.error} onRetry={() => void exports.refetch()} />}
        {exports.isPending && <Bone width="60%" />}
        {exports.data?.length === 0 && <State drawing="file" title={t("exports.empty")} />}
        <ul>
          {exports.data?.map((found) => (
            <li key={found.id} className={styles["item"]} data-testid="export">
              <span className={styles["icon"]}><Download size={16} aria-hidden /></span>
              <span className={styles["face"]}>
                {found.state === "ready" ? <a className={styles["sentence"]} href={`${BASE}/exports/${found.id}/content`} download>{found.name}</a> : <span className={styles["sentence"]}>{found.name}</span>}
                <span className={styles["text"]}><StateOf found={found} />{found.size !== null && ` · ${formatBytes(found.size, language)}`}</span>
              </span>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
