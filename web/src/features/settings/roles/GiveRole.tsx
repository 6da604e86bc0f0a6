import { useQueryClient } from "@tanstack/react-query";
import { Button, DatePicker } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import "dayjs/locale/zh-cn";
import { useState } from "react";
import { HOLDER_KINDS, type Role } from "@/api/access";
import { api } from "@/api/client";
import { PrincipalPicker, type Principal } from "@/features/base/principals";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import settings from "../Settings.module.css";

/** To whom, from when and until when. A person who holds it already gets the new times. */
export function GiveRole({ role, onClose }: { role: Role; onClose: () => void }) {
  const { t, say } = useSpeech();
  const client = useQueryClient();
  const [to, setTo] = useState<Principal[]>([]);
  const [from, setFrom] = useState<Dayjs | null>(null);
  const [until, setUntil] = useState<Dayjs | null>(null);
  const [busy, setBusy] = useState(false);
  const give = async () => {
    setBusy(true);
    let left = to;
    try {
      for (const { kind, id } of to) {
        await api.post(`/roles/${role.key}/holders`, { kind, id, starts_at: from?.toISOString() ?? null, ends_at: until?.toISOString() ?? null });
        left = left.slice(1);
      }
      toast(t("holders.given"));
      onClose();
    } catch (error) {
      // Those given already are not asked for again.
      setTo(left);
      complain(error, t);
      setBusy(false);
    }
    void client.invalidateQueries({ queryKey: ["access"] });
  };
  const date = (value: Dayjs | null, set: (next: Dayjs | null) => void, placeholder: string, id: string) => (
    <DatePicker id={id} style={{ width: "100%" }} showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" placeholder={placeholder} value={value} onChange={(next) => set(next ? dayjs(next as Dayjs) : null)} />
  );
  return (
    <Panel
      title={t("holders.giveTo", { name: say(role.label) })}
      onClose={onClose}
      footer={<><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="primary" loading={busy} disabled={to.length === 0} onClick={() => void give()}>{t("holders.give")}</Button></>}
    >
      <FormRow label={t("holders.to")} help={t("holders.departmentHint")}>{() => <PrincipalPicker kinds={HOLDER_KINDS} value={to} onChange={setTo} />}</FormRow>
      <div className={settings["pair"]}>
        <FormRow label={t("holders.from")}>{({ id }) => date(from, setFrom, t("holders.always"), id)}</FormRow>
        <FormRow label={t("holders.until")}>{({ id }) => date(until, setUntil, t("holders.never"), id)}</FormRow>
      </div>
    </Panel>
  );
}
