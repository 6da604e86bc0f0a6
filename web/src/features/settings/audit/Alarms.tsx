import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Checkbox, Input, Popconfirm } from "antd";
import { useState } from "react";
import { api } from "@/api/client";
import { useSpeech } from "@/messages";
import { formatDateTime, formatNumber } from "@/ui/format";
import { complain } from "@/ui/says";
import { Bone, ErrorState, State } from "@/ui/State";
import { toast } from "@/ui/toast";
import settings from "../Settings.module.css";
import { auditKeys, type Alarm } from "./audit";
import styles from "./Audit.module.css";

function AlarmRow({ alarm }: { alarm: Alarm }) {
  const { t, language } = useSpeech();
  const client = useQueryClient();
  const [note, setNote] = useState("");
  const acknowledge = async () => {
    try {
      await api.post(`/audit/alarms/${alarm.id}/acknowledge`, note ? { note } : {});
      toast(t("audit.acknowledged"));
    } catch (error) {
      complain(error, t);
    }
    await client.invalidateQueries({ queryKey: auditKeys.allAlarms });
  };
  const span = t(alarm.kind === "read" ? "audit.perHour" : "audit.perDay");
  return (
    <li className={styles["alarm"]}>
      <div>
        <p><Link to="/settings/audit" search={{ actor: alarm.user.id ?? "" }}>{alarm.user.name ?? alarm.user.id}</Link> · {t(`audit.kind.${alarm.kind}`)} {formatNumber(alarm.amount, language)} {span}</p>
        <p className={settings["hint"]}>{[t(`audit.reason.${alarm.reason}`, { most: alarm.most }), formatDateTime(alarm.at, language)].join(" · ")}</p>
        {alarm.acknowledged_at && <p className={settings["hint"]}>{[t("audit.seenBy", { name: alarm.acknowledged_by ?? "", at: formatDateTime(alarm.acknowledged_at, language) }), alarm.note].filter(Boolean).join(" · ")}</p>}
      </div>
      {!alarm.acknowledged_at && (
        <Popconfirm title={t("audit.acknowledge")} description={<Input aria-label={t("audit.note")} placeholder={t("audit.note")} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />} okText={t("action.apply")} cancelText={t("action.cancel")} onConfirm={acknowledge}>
          <Button size="small">{t("audit.acknowledge")}</Button>
        </Popconfirm>
      )}
    </li>
  );
}

/** Unusual use, newest first, until somebody has seen to it. */
export function Alarms() {
  const { t } = useSpeech();
  const [all, setAll] = useState(false);
  const state = all ? "all" : "open";
  const found = useQuery({ queryKey: auditKeys.alarms(state), queryFn: () => api.get<{ alarms: Alarm[] }>("/audit/alarms", { query: { state } }) });
  const alarms = found.data?.alarms ?? [];
  return (
    <>
      <Checkbox checked={all} onChange={(event) => setAll(event.target.checked)}>{t("audit.showSeen")}</Checkbox>
      {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Bone width="60%" />}
      {found.isSuccess && alarms.length === 0 && <State drawing="rows" title={t("audit.alarmsEmpty")} hint={t("audit.alarmsEmptyHint")} />}
      <ol data-testid="audit-alarms">{alarms.map((alarm) => <AlarmRow key={alarm.id} alarm={alarm} />)}</ol>
    </>
  );
}
