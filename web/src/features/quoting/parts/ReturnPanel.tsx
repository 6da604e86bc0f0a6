import { Button, Input } from "antd";
import { useState } from "react";
import { normaliseNumber } from "@/fields/number";
import { isReference } from "@/fields/relation/references";
import { useSpeech } from "@/messages";
import { compareDecimals } from "@/ui/decimal";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { trimmed } from "../model/lines";
import { plain, type DocumentData } from "../model/types";
import styles from "../Quoting.module.css";

interface Props {
  data: DocumentData;
  busy: boolean;
  onClose: () => void;
  onDone: (body: { lines: { order_line: string; quantity: string }[]; reason: string }) => void;
}

/** What comes back of an order: quantities by line and why. */
export function ReturnPanel({ data, busy, onClose, onDone }: Props) {
  const { t } = useSpeech();
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [reason, setReason] = useState("");
  const chosen = Object.entries(typed).flatMap(([order_line, text]) => {
    const quantity = normaliseNumber(text);
    return typeof quantity === "string" && quantity !== "" ? [{ order_line, quantity }] : [];
  });
  return (
    <Panel
      title={t("quoting.act.return")} onClose={onClose}
      footer={<><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="primary" loading={busy} disabled={busy || chosen.length === 0 || reason.trim() === ""} onClick={() => onDone({ lines: chosen, reason: reason.trim() })}>{t("quoting.act.return")}</Button></>}
    >
      <ul className={styles["returns"]} data-testid="return-lines">
        {data.lines.map((line, index) => {
          const product = isReference(line["product"]) ? line["product"].label : null;
          const name = product ?? String(line["name"] ?? "");
          const ordered = trimmed(plain(line["quantity"]));
          const returned = trimmed(plain(line["returned"])) || "0";
          const over = (compareDecimals(typed[line.id] ?? "0", String(Number(ordered) - Number(returned))) ?? 0) > 0;
          return (
            <li key={line.id}>
              <span><b>{name}</b><small>{t("quoting.returnable", { ordered, returned })}</small></span>
              <Input inputMode="decimal" aria-label={t("quoting.returnOf", { n: index + 1, name })} status={over ? "error" : ""} value={typed[line.id] ?? ""} placeholder="0" onChange={(event) => setTyped((old) => ({ ...old, [line.id]: event.target.value }))} />
            </li>
          );
        })}
      </ul>
      <FormRow label={t("quoting.reason")} required>{({ id }) => <Input id={id} value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />}</FormRow>
    </Panel>
  );
}
