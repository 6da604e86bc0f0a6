import { Button, Checkbox, Input, InputNumber } from "antd";
import { ArrowUp, Plus, X } from "lucide-react";
import { Choose, type Option } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { IconButton } from "@/ui/IconButton";
import styles from "../Printing.module.css";

export interface CellSpec {
  key: string;
  label: string;
  kind: "text" | "long" | "field" | "number" | "check" | "lines";
  options?: Option[];
}

interface Props<Item extends object> {
  items: Item[];
  cells: CellSpec[];
  /** Where the list stands in the document, for what the server says of it. */
  pointer: string;
  errors: Record<string, string>;
  most: number;
  begin: () => Item;
  onChange: (items: Item[]) => void;
}

function Cell({ spec, value, onChange }: { spec: CellSpec; value: unknown; onChange: (value: unknown) => void }) {
  const common = { "aria-label": spec.label, placeholder: spec.label } as const;
  if (spec.kind === "check") return <label className={styles["check"]}><Checkbox checked={value === true} onChange={(event) => onChange(event.target.checked)} />{spec.label}</label>;
  if (spec.kind === "number") return <InputNumber {...common} className={styles["narrow"] ?? ""} min={1} max={20} precision={0} value={value as number} onChange={(next) => onChange(next ?? 1)} />;
  if (spec.kind === "field") return <span className={styles["cell"]}><Choose label={spec.label} clearable={false} value={String(value ?? "") || null} options={spec.options ?? []} onPick={(next) => onChange(next)} /></span>;
  if (spec.kind === "lines") return <Input.TextArea {...common} className={styles["long"] ?? ""} autoSize={{ minRows: 1, maxRows: 6 }} value={(value as string[]).join("\n")} onChange={(event) => onChange(event.target.value.split("\n"))} />;
  if (spec.kind === "long") return <Input.TextArea {...common} className={styles["long"] ?? ""} autoSize={{ minRows: 1, maxRows: 10 }} value={String(value ?? "")} onChange={(event) => onChange(event.target.value)} />;
  return <Input {...common} className={styles["cell"] ?? ""} value={String(value ?? "")} onChange={(event) => onChange(event.target.value)} />;
}

/** A list of equal parts of a template: each line edited in place, moved up, taken out. */
export function Rows<Item extends object>({ items, cells, pointer, errors, most, begin, onChange }: Props<Item>) {
  const { t } = useSpeech();
  const swap = (place: number) => onChange(items.map((item, at) => (at === place - 1 ? items[place] : at === place ? items[place - 1] : item) as Item));
  return (
    <div className={styles["lines"]}>
      {items.map((item, place) => {
        const said = Object.entries(errors).filter(([at]) => at.startsWith(`${pointer}/${place}/`));
        return (
          <div key={place}>
            <div className={styles["line"]}>
              <div className={styles["cells"]}>
                {cells.map((spec) => (
                  <Cell key={spec.key} spec={spec} value={(item as Record<string, unknown>)[spec.key]} onChange={(value) => onChange(items.map((old, at) => (at === place ? { ...old, [spec.key]: value } : old)))} />
                ))}
              </div>
              {place > 0 && <IconButton small label={t("print.up")} onClick={() => swap(place)}><ArrowUp size={14} /></IconButton>}
              <IconButton small label={t("print.drop")} onClick={() => onChange(items.filter((_, at) => at !== place))}><X size={14} /></IconButton>
            </div>
            {said.map(([at, text]) => <p key={at} role="alert" className={cx(styles["error"])}>{text}</p>)}
          </div>
        );
      })}
      {items.length < most && <span><Button size="small" type="text" icon={<Plus size={14} />} onClick={() => onChange([...items, begin()])}>{t("print.add")}</Button></span>}
    </div>
  );
}
