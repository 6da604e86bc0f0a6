import { Button, Popconfirm } from "antd";
import { Plus } from "lucide-react";
import { useState } from "react";
import type { Reference } from "@/api/types";
import { useCatalog } from "@/api/catalog";
import { fieldUi } from "@/fields/registry";
import { TextInput } from "@/fields/parts/TextInput";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { formatNumber } from "@/ui/format";
import { newLine } from "../model/lines";
import type { Line, Worked } from "../model/types";
import type { Result } from "../useCalculated";
import type { Draft } from "../useDraft";
import { COLUMNS, readable, textOf } from "./columns";
import styles from "./Lines.module.css";
import { RowNote } from "./RowNote";
import { useRows } from "./useRows";

interface Props {
  draft: Draft;
  object: string;
  result: Result;
  currency: string | null;
  locked: boolean;
}

/** Lines where there is no room for a sheet: a card each, opened to be edited. */
export function LineCards({ draft, object, result, currency, locked }: Props) {
  const { t, language } = useSpeech();
  const [open, setOpen] = useState<number | null>(null);
  const rows = useRows(draft, (line) => result.lines.get(line.key));
  const { lines } = draft;
  const sum = (line: Line, worked: Worked | undefined) => [`${readable(line, "quantity", worked, currency, language)} ${textOf(line, "unit", worked)}`.trim(), readable(line, "unit_price", worked, currency, language), line.discount && `−${formatNumber(line.discount, language)}%`].filter(Boolean).join(" × ");
  return (
    <div className={styles["cards"]} data-testid="line-cards">
      {lines.map((line, index) => {
        const worked = result.lines.get(line.key);
        const fault = line.unknown ? t("quoting.unknownProduct", { name: line.unknown }) : Object.values(worked?.problems ?? {})[0];
        return (
          <button key={line.key} type="button" className={styles["card"]} onClick={() => setOpen(index)}>
            <b>{line.product?.label || line.name || t("quoting.noProduct")}</b><span className={styles["sum"]}>{readable(line, "total", worked, currency, language)}</span>
            <small>{sum(line, worked)}</small><span />
            {fault && <span className={styles["cardFault"]}>{fault}</span>}
          </button>
        );
      })}
      {!locked && <Button block type="dashed" icon={<Plus size={14} />} style={{ marginTop: 12 }} onClick={() => { draft.edit((now) => [...now, newLine()]); setOpen(lines.length); }}>{t("quoting.addLine")}</Button>}
      {open !== null && lines[open] && (
        <LinePanel key={lines[open].key} object={object} line={lines[open]} index={open} worked={result.lines.get(lines[open].key)} currency={currency} locked={locked} rows={rows} onClose={() => setOpen(null)} />
      )}
    </div>
  );
}

function LinePanel({ object, line, index, worked, currency, locked, rows, onClose }: { object: string; line: Line; index: number; worked: Worked | undefined; currency: string | null; locked: boolean; rows: ReturnType<typeof useRows>; onClose: () => void }) {
  const catalog = useCatalog();
  const { t, language } = useSpeech();
  const lineObject = object === "sales_order" ? "order_line" : `${object}_line`;
  const product = catalog.field(lineObject, "product");
  const Editor = product ? fieldUi(product).Editor : null;
  const plainField = catalog.field(lineObject, "name");
  const rest = COLUMNS.filter((column) => column.key !== "product" && column.key !== "total");
  const [typed, setTyped] = useState<Record<string, string>>({});
  const input = (key: (typeof rest)[number]["key"]) => typed[key] ?? textOf(line, key, worked);
  return (
    <Panel title={t("quoting.line", { n: index + 1 })} onClose={onClose} footer={<>{!locked && <Popconfirm title={t("quoting.removeAsk")} okText={t("quoting.remove")} cancelText={t("action.cancel")} onConfirm={() => { onClose(); rows.remove(index, index); }}><Button danger>{t("quoting.remove")}</Button></Popconfirm>}<Button type="primary" onClick={onClose}>{t("quoting.done")}</Button></>}>
      <div className={styles["panel"]}>
        {Editor && product && <FormRow label={t("quoting.column.product")} error={worked?.problems["product"]}>{({ id }) => (locked ? <span>{line.product?.label}</span> : <Editor id={id} field={product} label={t("quoting.column.product")} value={line.product} onChange={(next) => next && rows.pick(index, next as Reference)} />)}</FormRow>}
        <div className={styles["pair"]}>
          {rest.map((column) => (
            <FormRow key={column.key} label={t(column.label)} error={worked?.problems[column.key]}>
              {({ id, invalid, describedBy }) => locked || !plainField ? <span>{readable(line, column.key, worked, currency, language)}</span> : (
                <TextInput
                  id={id} describedBy={describedBy} invalid={invalid} field={plainField} value={input(column.key)} inputMode={column.right ? "decimal" : "text"}
                  onChange={(next) => setTyped((old) => ({ ...old, [column.key]: String(next ?? "") }))}
                  onCommit={(next) => { if (String(next ?? "") !== textOf(line, column.key, worked)) rows.write(index, column.key, String(next ?? "")); setTyped(({ [column.key]: _, ...old }) => old); }}
                />
              )}
            </FormRow>
          ))}
        </div>
        <p><b>{t("quoting.column.total")}</b> {readable(line, "total", worked, currency, language)}</p>
        <RowNote line={line} index={index} worked={worked} currency={currency} locked />
      </div>
    </Panel>
  );
}
