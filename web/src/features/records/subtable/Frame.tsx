import { Plus } from "lucide-react";
import { Button } from "antd";
import type { KeyboardEvent, ReactNode, Ref } from "react";
import type { Field } from "@/api/types";
import { isEmptyValue } from "@/fields/contract";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import styles from "./SubTable.module.css";

interface Props {
  name: string;
  testId: string;
  count: number | undefined;
  columns: readonly Field[];
  /** By column; none where nothing is summed. */
  totals: Readonly<Record<string, unknown>> | null;
  onAdd?: (() => void) | undefined;
  empty: boolean;
  error?: string | undefined;
  gridRef?: Ref<HTMLDivElement>;
  onKeyDown?: (event: KeyboardEvent<HTMLDivElement>) => void;
  children: ReactNode;
  more?: ReactNode;
}

const TOOLS = 64;

/** Numbers stand to the right, computed ones too. */
export const isRight = (field: Field) => (fieldUi(field).align ?? field.align) === "right";

/** Head, columns, totals and the way to add a row: the same for stored rows and for those of a record not made yet. */
export function Frame({ name, testId, count, columns, totals, onAdd, empty, error, gridRef, onKeyDown, children, more }: Props) {
  const { t, say } = useSpeech();
  const least = columns.map((field) => Math.min(fieldUi(field).width, 110));
  const template = `${columns.map((field, index) => `minmax(${least[index]}px, ${fieldUi(field).width}fr)`).join(" ")} ${TOOLS}px`;
  const sizes = { "--columns": template, "--least": `${least.reduce((sum, width) => sum + width, TOOLS)}px` };
  return (
    <section className={styles["table"]} aria-label={name} data-testid={testId}>
      <header className={styles["head"]}>
        <h2 className={styles["name"]}>{name}</h2>
        <span className={styles["count"]}>{count === undefined ? "" : count.toLocaleString()}</span>
        {onAdd && <Button size="small" type="text" icon={<Plus size={14} />} aria-label={t("subtable.add", { name })} onClick={onAdd}>{t("subtable.addRow")}</Button>}
      </header>
      {error && <p className={styles["error"]} role="alert">{error}</p>}
      {empty ? (
        <p className={styles["quiet"]}>{t("subtable.none")}</p>
      ) : (
        <div className={styles["scroll"]}>
          <div ref={gridRef} role="grid" aria-label={name} className={styles["grid"]} style={sizes as never} onKeyDown={onKeyDown}>
            <div role="row" className={cx(styles["row"], styles["heads"])}>
              {columns.map((field) => <div key={field.id} role="columnheader" className={cx(styles["cell"], isRight(field) && styles["right"])} title={say(field.help) || say(field.label)}>{say(field.label)}{field.required && <span className={styles["star"]} aria-hidden>*</span>}</div>)}
              <div role="columnheader" className={styles["cell"]}><span className="sr-only">{t("subtable.actions")}</span></div>
            </div>
            {children}
            {totals && (
              <div role="row" aria-label={t("subtable.total")} className={cx(styles["row"], styles["totals"])}>
                {columns.map((field, index) => {
                  const { Cell } = fieldUi(field);
                  const value = totals[field.api_name];
                  return (
                    <div key={field.id} role="gridcell" data-label={field.api_name in totals ? `${t("subtable.total")} · ${say(field.label)}` : undefined} className={cx(styles["cell"], isRight(field) && styles["right"], !(field.api_name in totals) && styles["spare"])}>
                      {field.api_name in totals ? isEmptyValue(value) ? "—" : <Cell value={value} field={field} /> : index === 0 ? t("subtable.total") : null}
                    </div>
                  );
                })}
                <div role="gridcell" className={cx(styles["cell"], styles["spare"])} />
              </div>
            )}
          </div>
        </div>
      )}
      {more}
    </section>
  );
}
