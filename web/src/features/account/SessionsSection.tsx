import { Button } from "antd";
import { api } from "@/api/client";
import { useSpeech } from "@/messages";
import { formatDateTime } from "@/ui/format";
import { complain } from "@/ui/says";
import { Bone, ErrorState } from "@/ui/State";
import { Tag } from "@/ui/Tag";
import { toast } from "@/ui/toast";
import { programOf, useRefresh, useSessions, useSignIns } from "./account";
import styles from "./Account.module.css";

/** Where one is signed in; each can be ended. */
export function SessionsSection() {
  const { t, language } = useSpeech();
  const refresh = useRefresh();
  const sessions = useSessions();
  const end = async (path: string) => {
    try {
      await api.delete(`/account/sessions${path}`);
      if (!path) toast(t("account.sessionsEnded"));
      await refresh();
    } catch (problem) {
      complain(problem, t);
    }
  };
  return (
    <section className={styles["section"]}>
      <div className={styles["head"]}>
        <h2>{t("account.sessions")}</h2>
        {(sessions.data?.length ?? 0) > 1 && <Button onClick={() => void end("")}>{t("account.sessionsEnd")}</Button>}
      </div>
      {sessions.isPending && <Bone width="60%" />}
      {sessions.error && <ErrorState error={sessions.error} onRetry={() => void sessions.refetch()} />}
      <div className={styles["rows"]} data-testid="sessions">
        {sessions.data?.map((one) => (
          <div key={one.id} className={styles["row"]}>
            <span className={styles["what"]} title={one.client ?? ""}>{programOf(one.client)}<span className={styles["meta"]}>{t("account.sessionSeen", { address: one.address ?? "—", at: formatDateTime(one.last_seen_at, language) })}</span></span>
            {one.current ? <Tag color="green">{t("account.sessionHere")}</Tag> : <Button type="text" danger onClick={() => void end(`/${one.id}`)}>{t("account.sessionEnd")}</Button>}
          </div>
        ))}
      </div>
    </section>
  );
}

/** Who signed in as this person, and who tried. */
export function SignInsSection() {
  const { t, language } = useSpeech();
  const found = useSignIns();
  return (
    <section className={styles["section"]}>
      <h2>{t("account.signIns")}</h2>
      <p className={styles["hint"]}>{t("account.signInsHint")}</p>
      {found.isPending && <Bone width="60%" />}
      {found.error && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      <div className={styles["rows"]}>
        {found.data?.slice(0, 30).map((one, place) => (
          <div key={`${one.at}${place}`} className={styles["row"]}>
            <span className={styles["what"]} title={one.client ?? ""}>{t(`method.${one.method}`)} · {programOf(one.client)}<span className={styles["meta"]}>{formatDateTime(one.at, language)} · {one.address ?? "—"}</span></span>
            <span>{one.new_device && <Tag color="yellow">{t("account.newDevice")}</Tag>} <Tag color={one.outcome === "success" ? "green" : "red"}>{t(`account.${one.outcome}`)}</Tag></span>
          </div>
        ))}
      </div>
    </section>
  );
}
