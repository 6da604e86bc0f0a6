import { Button, Input } from "antd";
import { useState } from "react";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";

interface Props {
  title: string;
  needed?: boolean;
  /** Pools to choose from, where it goes into one. */
  pools?: { id: string; name: string }[];
  chosen?: string | null;
  onClose: () => void;
  onDone: (reason: string, pool: string | null) => void;
}

/** Why, in a sentence; and where to. */
export function ReasonPanel({ title, needed, pools = [], chosen = null, onClose, onDone }: Props) {
  const { t } = useSpeech();
  const [reason, setReason] = useState("");
  const [pool, setPool] = useState(chosen);
  return (
    <Panel title={title} onClose={onClose} footer={<><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="primary" disabled={Boolean(needed) && !reason.trim()} onClick={() => onDone(reason, pool)}>{title}</Button></>}>
      {pools.length > 1 && <FormRow label={t("pools.bar.toPool")}>{({ id }) => <Choose id={id} label={t("pools.bar.toPool")} value={pool} clearable={false} options={pools.map((each) => ({ value: each.id, text: each.name }))} onPick={(next) => setPool(next as string)} />}</FormRow>}
      <FormRow label={t("pools.bar.reason")} required={needed}>{({ id }) => <Input.TextArea id={id} rows={3} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />}</FormRow>
    </Panel>
  );
}
