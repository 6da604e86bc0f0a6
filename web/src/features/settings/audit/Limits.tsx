import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Checkbox, InputNumber, Select } from "antd";
import { useState } from "react";
import { api } from "@/api/client";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { FormRow } from "@/ui/FormRow";
import { complain } from "@/ui/says";
import { Bone, ErrorState } from "@/ui/State";
import { toast } from "@/ui/toast";
import settings from "../Settings.module.css";
import { auditKeys, useWords, type AuditSettings, type Limit, type UseKind, type Words } from "./audit";
import styles from "./Audit.module.css";

interface Answer { limits: Limit[]; settings: AuditSettings }
const LEAST_DAYS = 180;
const kinds: UseKind[] = ["read", "export", "unmask", "claim"];

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

function LimitRow({ limit, role }: { limit: Limit; role: string | null }) {
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
      <td>{role ?? t("audit.everybody")}</td>
      <td>{number("alarm_at", t("audit.alarmAt"))}</td>
      <td>{number("refuse_at", t("audit.refuseAt"))}</td>
      <td>{limit.kind === "read" && number("habit_factor", t("audit.habit"))}</td>
      <td className={settings["right"]}>
        {changed && <Button size="small" type="primary" loading={busy} onClick={() => void save("/audit/limits", draft)}>{t("action.save")}</Button>}
        {limit.role && !changed && <Button size="small" type="text" danger loading={busy} onClick={() => void save("/audit/limits", { kind: limit.kind, role: limit.role, remove: true })}>{t("action.delete")}</Button>}
      </td>
    </tr>
  );
}

/** Begins a role's own limit with the marks of everybody, to be changed in its row. */
function AddLimit({ limits, roles }: { limits: Limit[]; roles: Words["roles"] }) {
  const { t } = useSpeech();
  const { busy, save } = useSave();
  const [kind, setKind] = useState<UseKind>("read");
  const [role, setRole] = useState<string | null>(null);
  const taken = new Set(limits.flatMap((limit) => (limit.kind === kind && limit.role ? [limit.role] : [])));
  const add = async () => {
    const general = limits.find((limit) => limit.kind === kind && limit.role === null);
    await save("/audit/limits", { kind, role, alarm_at: general?.alarm_at ?? null, refuse_at: general?.refuse_at ?? null, habit_factor: general?.habit_factor ?? null });
    setRole(null);
  };
  return (
    <>
      <h3 className={styles["heading"]}>{t("audit.addLimit")}</h3>
      <div className={styles["bar"]}>
        <Select className={styles["choice"] ?? ""} aria-label={t("audit.action")} value={kind} options={kinds.map((each) => ({ value: each, label: t(`audit.kind.${each}`) }))} onChange={(next) => { setKind(next); setRole(null); }} />
        <Select className={styles["choice"] ?? ""} aria-label={t("audit.role")} placeholder={t("audit.role")} value={role} options={roles.filter((each) => !taken.has(each.key)).map((each) => ({ value: each.key, label: each.label }))} onChange={setRole} />
        <Button loading={busy} disabled={!role} onClick={() => void add()}>{t("action.add")}</Button>
        <span className={settings["hint"]}>{t("audit.widest")}</span>
      </div>
    </>
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
  const roles = useWords().data?.roles ?? [];
  const found = useQuery({ queryKey: auditKeys.limits, queryFn: () => api.get<Answer>("/audit/limits") });
  if (found.isError) return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Bone width="60%" />;
  return (
    <>
      <p className={settings["hint"]}>{t("audit.limitsHint")}</p>
      <div className={settings["wrap"]}>
        <table className={cx(settings["table"], styles["limits"])} data-testid="audit-limits">
          <thead><tr><th>{t("audit.action")}</th><th>{t("audit.limitOf")}</th><th>{t("audit.alarmAt")}</th><th>{t("audit.refuseAt")}</th><th>{t("audit.habit")}</th><th /></tr></thead>
          <tbody>{found.data.limits.map((limit) => <LimitRow key={`${limit.kind} ${limit.role ?? ""} ${JSON.stringify(limit)}`} limit={limit} role={limit.role && (roles.find((each) => each.key === limit.role)?.label ?? limit.role)} />)}</tbody>
        </table>
      </div>
      <AddLimit limits={found.data.limits} roles={roles} />
      <h3 className={styles["heading"]}>{t("audit.keeping")}</h3>
      <Keeping key={found.data.settings.version} value={found.data.settings} />
    </>
  );
}
