import { Button, Checkbox } from "antd";
import { Copy } from "lucide-react";
import { useState } from "react";
import type { Running } from "@/features/base/batch";
import { useSpeech } from "@/messages";
import { copyText } from "@/ui/copy";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import type { Column } from "../grid";
import { toTsv } from "@/features/base/clipboard";
import styles from "./Cells.module.css";
import type { Plan, WrongCell } from "./plan";
import type { Unwritten } from "./usePlanWriting";

const MOST_SHOWN = 100;

interface Props {
  plan: Plan;
  columns: Column[];
  write: (plan: Plan, creations: Plan["creations"], running: Running) => Promise<Unwritten[]>;
  onClose: () => void;
}

function Wrong({ cells }: { cells: WrongCell[] }) {
  const { t, say } = useSpeech();
  const heads = [t("grid.wrongRecord"), t("grid.wrongColumn"), t("grid.wrongText"), t("grid.wrongReason")];
  const rows = cells.map((cell) => [cell.title, say(cell.column.field.label), cell.text, cell.message]);
  return (
    <section aria-label={t("grid.pasteWrong", { n: cells.length })} data-testid="wrong-cells">
      <div className={styles["wrongHead"]}>
        <strong>{t("grid.pasteWrong", { n: cells.length })}</strong>
        <Button size="small" icon={<Copy size={13} />} onClick={() => void copyText(toTsv([heads, ...rows])).then(() => toast(t("action.copied")))}>{t("grid.wrongCopy")}</Button>
      </div>
      <table className={styles["wrong"]}>
        <thead><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
        <tbody>{rows.slice(0, MOST_SHOWN).map((row, index) => <tr key={index}>{row.map((text, at) => <td key={at}>{text}</td>)}</tr>)}</tbody>
      </table>
      {rows.length > MOST_SHOWN && <p className={styles["note"]}>{t("grid.wrongMore", { n: rows.length - MOST_SHOWN })}</p>}
    </section>
  );
}

/** Says before anything is written what would change and what is wrong; after it, what was not written stays listed. */
export function PlanPanel({ plan: first, columns, write, onClose }: Props) {
  const { t } = useSpeech();
  const [plan, setPlan] = useState(first);
  const [making, setMaking] = useState(false);
  const [busy, setBusy] = useState(false);
  const cells = plan.changes.length;
  const made = making ? plan.creations.length : 0;
  const run = async () => {
    setBusy(true);
    try {
      const left = await write(plan, making ? plan.creations : [], {});
      const wrong = [...plan.wrong, ...left.flatMap((cell) => { const column = columns.find((each) => each.path === cell.path); return column ? [{ ...cell, column }] : []; })];
      if (wrong.length === 0) return onClose();
      setPlan({ ...plan, changes: [], creations: [], rowsLeft: 0, columnsLeft: 0, wrong });
    } catch (error) {
      complain(error, t);
    }
    setBusy(false);
  };
  return (
    <Panel
      title={t("grid.paste")}
      wide={plan.wrong.length > 0}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{cells + plan.creations.length ? t("action.cancel") : t("action.close")}</Button>
          {cells + plan.creations.length > 0 && <Button type="primary" loading={busy} disabled={cells + made === 0} onClick={() => void run()}>{made ? t("grid.pasteWriteAlso", { n: cells, made }) : t("grid.pasteWrite", { n: cells })}</Button>}
        </>
      }
    >
      <div className={styles["plan"]} data-testid="paste-plan">
        <p>{cells ? t("grid.pasteChanges", { n: cells, records: plan.versions.size }) : t("grid.pasteNothing")}</p>
        {plan.creations.length > 0 && <Checkbox checked={making} onChange={(event) => setMaking(event.target.checked)}>{t("grid.pasteCreate", { n: plan.creations.length })}</Checkbox>}
        {plan.rowsLeft > 0 && <p className={styles["note"]}>{t("grid.pasteRowsLeft", { n: plan.rowsLeft })}</p>}
        {plan.columnsLeft > 0 && <p className={styles["note"]}>{t("grid.pasteColumnsLeft", { n: plan.columnsLeft })}</p>}
        {plan.wrong.length > 0 && <Wrong cells={plan.wrong} />}
      </div>
    </Panel>
  );
}
