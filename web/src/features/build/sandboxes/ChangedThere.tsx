import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { SwitchRow } from "@/fields/parts/ConfigRows";
import { useSpeech } from "@/messages";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { Bone, ErrorState } from "@/ui/State";
import { toast } from "@/ui/toast";
import { Difference } from "../configuration/Difference";
import { draftApi, putDraft } from "../draft/api";
import { useDraft } from "../draft/context";
import { sandboxApi, sandboxKeys, type Sandbox } from "./api";
import styles from "./Sandboxes.module.css";

/** What was changed in a sandbox, as it would be done here; brought back it is a draft like any other. */
export function ChangedThere({ box, onClose }: { box: Sandbox; onClose: () => void }) {
  const { t } = useSpeech();
  const client = useQueryClient();
  const draft = useDraft();
  const [prune, setPrune] = useState(false);
  const [busy, setBusy] = useState(false);
  // Somebody may be at work there: each look is a new one.
  const found = useQuery({ queryKey: sandboxKeys.difference(box.key, prune), staleTime: 0, gcTime: 0, retry: false, queryFn: () => sandboxApi.difference(box.key, prune) });
  const count = found.data?.operations.length ?? 0;
  const bring = async () => {
    setBusy(true);
    try {
      const made = await sandboxApi.bringBack(box.key, prune);
      putDraft(client, await draftApi.read(made.change_set));
      draft.take(made.change_set);
      toast(t("sandboxes.brought", { n: made.operations }));
      onClose();
    } catch (error) {
      complain(error, t);
      setBusy(false);
    }
  };
  return (
    <Panel wide title={t("sandboxes.changedIn", { name: box.name })} onClose={onClose} footer={<><Button onClick={onClose}>{t("action.close")}</Button><Button type="primary" loading={busy} disabled={count === 0 || found.isFetching} onClick={() => void bring()}>{count === 0 ? t("sandboxes.bring") : t("sandboxes.bringDo", { n: count })}</Button></>}>
      {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Bone width="70%" />}
      {found.data && <Difference found={found.data} same={t("sandboxes.same")} />}
      <div className={styles["prune"]}><SwitchRow label={t("sandboxes.prune")} value={prune} onChange={setPrune} /></div>
    </Panel>
  );
}
