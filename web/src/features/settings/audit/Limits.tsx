import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Checkbox, InputNumber } from "antd";
import { useState } from "react";
import { api } from "@/api/client";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { FormRow } from "@/ui/FormRow";
import { complain } from "@/ui/says";
import { Bone, ErrorState } from "@/ui/State";
import { toast } from "@/ui/toast";
import settings from "../Settings.module.css";
import { auditKeys, type AuditSettings, type Limit } from "./audit";
import styles from "./Audit.module.css";

interface Answer { limits: Limit[]; settings: AuditSettings }
const LEAST_DAYS = 180;

/** Saves one thing of this page and reads the page again; what was refused stays typed. */
function useSave() {
  const { t } = useSpeech();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const save = async (path: string, body: unknown) => {
    setBusy(true);
    try {
      await api.put(path, body);
      toast(t("state.saved"));
      await client.invalidateQueries({ queryKey: auditKeys.limits });
    } catch (error) {
      complain(error, t);
    }
    setBusy(false);
  };
  return { busy, save };
}

function LimitRow({ limit }: { limit: Limit }) {
  const { t } = useSpeech();
  const { busy, save } = useSave();
  const [draft, setDraft] = useState(limit);
  const changed = draft.alarm_at !== limit.alarm_at || draft.refuse_at !== limit.refuse_at || draft.habit_factor !== limit.habit_factor;
  const number = (name: "alarm_at" | "refuse_at" | "habit_factor", label: string) => (
    <InputNumber className={styles["number"] ?? ""} min={1} aria-label={`${t(`audit.kind.${limit.kind}`)}: ${label}`} value={draft[name]} onChange={(next) => setDraft({ ...draft, [name]: next })} />
  );
  return (
    <tr>
      <td>{t(`audit.kind.${limit.kind}`)}<br /><span className={settings["hint"]}>{t(limit.kind === "read" ? "audit.perHour" : "audit.perDay")}</span></td>
      <td>{limit.role ?? t("audit.everybody")}</td>
      <td>{number("alarm_at", t("audit.alarmAt"))}</td>
      <td>{number("refuse_at", t("audit.refuseAt"))}</td>
      <td>{limit.kind === "read" && number("habit_factor", t("audit.habit"))}</td>
      <td className={settings["right"]}>{changed && <Button size="small" type="primary" loading={busy} onClick={() => void save("/audit/limits", draft)}>{t("action.save")}</Button>}</td>
    </tr>
  );
}

function Keeping({ value }: { value: AuditSettings }) {
  const { t } = useSpeech();
  const { busy, save } = useSave();
  const [days, setDays] = useState<number | null>(value.hot_days);
  const [hold, setHold] = useState(value.hold);
  const changed = days !== value.hot_days || hold !== value.hold;
  return (
    <div className={styles["box"]}>
      <FormRow label={t("audit.hotDays")} help={t("audit.hotDaysHint")}>
        {({ id, describedBy }) => <InputNumber id={id} aria-describedby={describedBy} min={LEAST_DAYS} max={36_500} value={days} onChange={setDays} />}
      </FormRow>
      <Checkbox checked={hold} onChange={(event) => setHold(event.target.checked)}>{t("audit.hold")}</Checkbox>
      {changed && <div className={styles["bar"]}><Button type="primary" loading={busy} disabled={days === null} onClick={() => void save("/audit/settings", { hot_days: days, hold, version: value.version })}>{t("action.save")}</Button></div>}
    </div>
  );
}

/** From where on a use is unusual or refused, and how long entries stay at hand. */
export function Limits() {
  const { t } = useSpeech();
  const found = useQuery({ queryKey: auditKeys.limits, queryFn: () => api.get<Answer>("/audit/limits") });
  if (found.isError) return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Bone width="60%" />;
  return (
    <>
      <p className={settings["hint"]}>{t("audit.limitsHint")}</p>
      <div className={settings["wrap"]}>
        <table className={cx(settings["table"], styles["limits"])} data-testid="audit-limits">
          <thead><tr><th>{t("audit.action")}</th><th>{t("audit.limitOf")}</th><th>{t("audit.alarmAt")}</th><th>{t("audit.refuseAt")}</th><th>{t("audit.habit")}</th><th /></tr></thead>
          <tbody>{found.data.limits.map((limit) => <LimitRow key={`${limit.kind} ${limit.role ?? ""} ${JSON.stringify(limit)}`} limit={limit} />)}</tbody>
        </table>
      </div>
      <h3 className={styles["heading"]}>{t("audit.keeping")}</h3>
      <Keeping key={found.data.settings.version} value={found.data.settings} />
    </>
  );
}
