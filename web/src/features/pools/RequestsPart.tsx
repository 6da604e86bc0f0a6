import { Button, Input } from "antd";
import { useState } from "react";
import { useSpeech } from "@/messages";
import { formatDateTime } from "@/ui/format";
import { Bone, ErrorState, State } from "@/ui/State";
import type { Pool, PoolRequest } from "./model";
import styles from "./Pools.module.css";
import { usePoolActions, useRequests } from "./usePools";

function Request({ request, manages, onDecide }: { request: PoolRequest; manages: boolean; onDecide: (grant: boolean, answer: string) => void }) {
  const { t, language } = useSpeech();
  const [answer, setAnswer] = useState("");
  return (
    <li className={styles["row"]} data-testid="pool-request">
      <span className={styles["face"]}>
        <strong className={styles["name"]}>{t(`pools.request.${request.kind}`, { who: request.person.label ?? "" })} {request.record.label}</strong>
        <span className={styles["meta"]}><time dateTime={request.asked_at}>{formatDateTime(request.asked_at, language)}</time>{request.reason && <span>{request.reason}</span>}</span>
      </span>
      {manages && (
        <span className={styles["actions"]}>
          <Input size="small" style={{ width: 160 }} maxLength={500} aria-label={t("pools.answer")} placeholder={t("pools.answer")} value={answer} onChange={(event) => setAnswer(event.target.value)} />
          <Button size="small" onClick={() => onDecide(false, answer)}>{t("pools.refuse")}</Button>
          <Button size="small" type="primary" onClick={() => onDecide(true, answer)}>{t("pools.grant")}</Button>
        </span>
      )}
    </li>
  );
}

/** What people asked the managers for. */
export function RequestsPart({ pool }: { pool: Pool }) {
  const { t } = useSpeech();
  const requests = useRequests(pool.id);
  const actions = usePoolActions(pool, pool.applies_to);
  return (
    <>
      {requests.isError && <ErrorState error={requests.error} onRetry={() => void requests.refetch()} />}
      {requests.isPending && <Bone width="60%" />}
      {requests.data?.length === 0 && <State drawing="rows" title={t("pools.requestsNone")} />}
      <ul>{requests.data?.map((request) => <Request key={request.id} request={request} manages={pool.manages} onDecide={(grant, answer) => void actions.decide(request.id, grant, answer)} />)}</ul>
    </>
  );
}
