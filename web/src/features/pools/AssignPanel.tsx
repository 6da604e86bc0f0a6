import { Button } from "antd";
import { useState } from "react";
import { PrincipalPicker, type Principal } from "@/features/base/principals";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";

/** To whom records go: one person. */
export function AssignPanel({ title, onClose, onPick }: { title: string; onClose: () => void; onPick: (to: string) => void }) {
  const { t } = useSpeech();
  const [to, setTo] = useState<Principal[]>([]);
  const person = to.at(-1);
  return (
    <Panel title={title} onClose={onClose} footer={<><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="primary" disabled={!person} onClick={() => person && onPick(person.id)}>{title}</Button></>}>
      <FormRow label={t("pools.assignTo")}>{() => <PrincipalPicker kinds={["user"]} value={person ? [person] : []} onChange={setTo} />}</FormRow>
    </Panel>
  );
}
