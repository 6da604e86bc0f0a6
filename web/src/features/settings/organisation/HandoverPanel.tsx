import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { api } from "@/api/client";
import type { Localized } from "@/api/types";
import { PrincipalPicker, type Principal } from "@/features/base/principals";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { complain, explain } from "@/ui/says";
import { Bone } from "@/ui/State";
import { toast } from "@/ui/toast";
import styles from "./Organisation.module.css";
import { useUndoHandover } from "./Handovers";
import { useRefresh } from "./writing";

interface Item {
  object: string | null;
  label: Localized;
  count: number;
}

/** What somebody has, in numbers. */
function Preview({ giver }: { giver: string }) {
  const { t, say, language } = useSpeech();
  const seen = useQuery({
    queryKey: ["access", "handovers", "preview", giver],
    queryFn: () => api.post<{ items: Item[] }>("/organisation/handovers", { from_user: giver, dry_run: true }),
    staleTime: 0,
  });
  if (seen.isError) return <p role="alert">{explain(seen.error, t)}</p>;
  if (!seen.data) return <Bone width="40%" />;
  if (seen.data.items.length === 0) return <p className={styles["quiet"]}>{t("handover.nothing")}</p>;
  return (
    <dl className={styles["counts"]} data-testid="handover-preview">
      {seen.data.items.map((item) => <div key={item.object ?? say(item.label)}><dt>{say(item.label)}</dt><dd>{item.count.toLocaleString(language)}</dd></div>)}
    </dl>
  );
}

/** Everything one person owns goes to another: first counted, then done in one step, and it can be taken back. */
export function HandoverPanel({ from = null, onClose }: { from?: Principal | null; onClose: () => void }) {
  const { t } = useSpeech();
  const refresh = useRefresh();
  const undo = useUndoHandover();
  const [giver, setGiver] = useState<Principal[]>(from ? [from] : []);
  const [receiver, setReceiver] = useState<Principal[]>([]);
  const [busy, setBusy] = useState(false);
  const [one, other] = [giver[0], receiver[0]];
  const run = async () => {
    if (!one || !other) return;
    setBusy(true);
    try {
      const done = await api.post<{ id: string; records: Record<string, number> }>("/organisation/handovers", { from_user: one.id, to_user: other.id });
      const n = Object.values(done.records).reduce((sum, count) => sum + count, 0);
      toast(t("handover.done", { n, name: other.label }), { action: { label: t("action.undo"), run: () => void undo(done.id) } });
      onClose();
      await refresh();
    } catch (error) {
      complain(error, t);
      setBusy(false);
    }
  };
  return (
    <Panel
      title={t("handover.do")}
      onClose={onClose}
      footer={<><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="primary" loading={busy} disabled={!one || !other} onClick={() => void run()}>{t("handover.run")}</Button></>}
    >
      <p className={styles["quiet"]} style={{ marginBottom: 16 }}>{t("handover.hint")}</p>
      <div data-testid="handover-from"><FormRow label={t("handover.from")}>{() => <PrincipalPicker kinds={["user"]} value={giver} onChange={(next) => setGiver(next.slice(-1))} />}</FormRow></div>
      {one && <FormRow label={t("handover.what")}>{() => <Preview giver={one.id} />}</FormRow>}
      <div data-testid="handover-to"><FormRow label={t("handover.to")}>{() => <PrincipalPicker kinds={["user"]} value={receiver} onChange={(next) => setReceiver(next.slice(-1))} />}</FormRow></div>
    </Panel>
  );
}
