import { Button } from "antd";
import type { ObjectType } from "@/api/types";
import { useSpeech } from "@/messages";
import { Panel } from "@/ui/Panel";
import { BulkFailures, BulkProgress } from "./BulkWork";
import type { Targets } from "./targets";
import { useBulk } from "./useBulk";

interface Props {
  type: ObjectType;
  targets: Targets;
  count: number;
  onDone: () => void;
  onClose: () => void;
}

/** Says exactly how many before it deletes more than what is on the screen. */
export function BulkDelete({ type, targets, count, onDone, onClose }: Props) {
  const { t, say } = useSpeech();
  const bulk = useBulk(type);
  const busy = bulk.progress !== null;
  const apply = async () => {
    if (await bulk.remove(targets, count)) onDone();
  };
  return (
    <Panel
      title={t("list.bulkDelete", { n: count })}
      onClose={onClose}
      footer={
        <>
          <Button disabled={busy} onClick={onClose}>{t(bulk.failures ? "action.close" : "action.cancel")}</Button>
          {!bulk.failures && <Button danger type="primary" loading={busy} onClick={() => void apply()}>{t("list.bulkDelete", { n: count })}</Button>}
        </>
      }
    >
      <p>{t("grid.bulkDeleteHint", { n: count, label: say(type.label) })}</p>
      {bulk.progress && <BulkProgress progress={bulk.progress} onStop={bulk.stop} />}
      {bulk.failures && <BulkFailures failures={bulk.failures} />}
    </Panel>
  );
}
