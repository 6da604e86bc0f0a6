import { Collapse, Input } from "antd";
import { useCatalog } from "@/api/catalog";
import type { Field, ObjectType } from "@/api/types";
import { PickRow, SwitchRow, TextRow } from "@/fields/parts/ConfigRows";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { blank, type Block, type TemplateDocument } from "../model";
import styles from "../Printing.module.css";
import { Rows, type CellSpec } from "./Rows";

interface Props {
  type: ObjectType;
  value: TemplateDocument;
  errors: Record<string, string>;
  onChange: (change: Partial<TemplateDocument>) => void;
}

/** Every part of a template in the order of the page, folded. */
export function Sections({ type, value, errors, onChange }: Props) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const option = (field: Field) => ({ value: field.api_name, text: say(field.label) || field.api_name });
  const facts: CellSpec[] = [{ key: "label", label: t("print.label"), kind: "text" }, { key: "value", label: t("print.value"), kind: "text" }];
  const money = type.fields.filter((field) => ["currency", "rollup", "formula"].includes(field.type));
  const flags: CellSpec[] = [{ key: "optional", label: t("print.optional"), kind: "check" }];
  const common = { errors };
  const block = (name: string, pointer: string, part: Block, set: (part: Block) => void) => (
    <>
      <TextRow label={t("print.heading")} error={errors[`${pointer}/heading`]} value={part.heading} onChange={(heading) => set({ ...part, heading: heading ?? "" })} />
      <Rows key={name} {...common} items={part.lines} cells={facts} pointer={`${pointer}/lines`} most={20} begin={blank.fact} onChange={(lines) => set({ ...part, lines })} />
    </>
  );
  const columns = (source: string) => {
    const relation = String(type.fields.find((field) => field.api_name === source)?.config.relation ?? "");
    const child = catalog.object(relation.split(".")[0] ?? "");
    return [{ value: "item", text: t("print.item") }, { value: "no", text: t("print.no") }, ...(child?.fields ?? []).filter((field) => field.type !== "sub_table").map(option)];
  };
  const replace = <Part,>(list: Part[], place: number, part: Part) => list.map((old, at) => (at === place ? part : old));
  const items = [
    { key: "letterhead", label: t("print.letterhead"), children: <><SwitchRow label={t("print.logo")} value={value.logo} onChange={(logo) => onChange({ logo })} />{block("letterhead", "/letterhead", value.letterhead, (letterhead) => onChange({ letterhead }))}</> },
    { key: "facts", label: t("print.facts"), children: <Rows {...common} items={value.facts} cells={facts} pointer="/facts" most={12} begin={blank.fact} onChange={(next) => onChange({ facts: next })} /> },
    ...value.parties.map((party, place) => ({ key: `party${place}`, label: party.heading || t("print.party", { n: place + 1 }), children: block(`party${place}`, `/parties/${place}`, party, (part) => onChange({ parties: replace(value.parties, place, part) })) })),
    { key: "intro", label: t("print.intro"), children: <FormRow label={t("print.intro")} error={errors["/intro"]}>{({ id }) => <Input.TextArea id={id} autoSize={{ minRows: 2, maxRows: 10 }} value={value.intro} onChange={(event) => onChange({ intro: event.target.value })} />}</FormRow> },
    ...value.tables.map((table, place) => ({
      key: `table${place}`,
      label: table.heading || t("print.columns"),
      children: (
        <>
          <TextRow label={t("print.heading")} value={table.heading} onChange={(heading) => onChange({ tables: replace(value.tables, place, { ...table, heading: heading ?? "" }) })} />
          <Rows {...common} items={table.columns} pointer={`/tables/${place}/columns`} most={12} begin={() => ({ field: "item", label: "", width: 3, optional: false })} onChange={(next) => onChange({ tables: replace(value.tables, place, { ...table, columns: next }) })} cells={[{ key: "field", label: t("print.field"), kind: "field", options: columns(table.source) }, { key: "label", label: t("print.label"), kind: "text" }, { key: "width", label: t("print.width"), kind: "number" }, ...flags]} />
        </>
      ),
    })),
    {
      key: "totals",
      label: t("print.totals"),
      children: (
        <>
          <Rows {...common} items={value.totals} pointer="/totals" most={12} begin={() => ({ field: money[0]?.api_name ?? "", label: "", strong: false, optional: true })} onChange={(totals) => onChange({ totals })} cells={[{ key: "field", label: t("print.field"), kind: "field", options: money.map(option) }, { key: "label", label: t("print.label"), kind: "text" }, { key: "strong", label: t("print.strong"), kind: "check" }, ...flags]} />
          <div className={styles["pair"]}>
            <PickRow label={t("print.words")} clearable value={value.words_of || null} options={money.map(option)} onChange={(next) => onChange({ words_of: next ?? "" })} />
            <TextRow label={t("print.wordsLabel")} value={value.words_label} onChange={(next) => onChange({ words_label: next ?? "" })} />
          </div>
        </>
      ),
    },
    { key: "clauses", label: t("print.clauses"), children: <Rows {...common} items={value.clauses} pointer="/clauses" most={60} begin={blank.clause} onChange={(clauses) => onChange({ clauses })} cells={[{ key: "heading", label: t("print.heading"), kind: "text" }, { key: "text", label: t("print.value"), kind: "long" }]} /> },
    { key: "bank", label: t("print.bank"), children: block("bank", "/bank", value.bank, (bank) => onChange({ bank })) },
    { key: "signatures", label: t("print.signatures"), children: <Rows {...common} items={value.signatures} pointer="/signatures" most={3} begin={blank.signature} onChange={(signatures) => onChange({ signatures })} cells={[{ key: "heading", label: t("print.heading"), kind: "text" }, { key: "lines", label: t("print.label"), kind: "lines" }]} /> },
    { key: "footer", label: t("print.footer"), children: <TextRow label={t("print.footer")} error={errors["/footer"]} value={value.footer} onChange={(footer) => onChange({ footer: footer ?? "" })} /> },
  ];
  return <Collapse ghost size="small" items={items} defaultActiveKey={["facts"]} />;
}
