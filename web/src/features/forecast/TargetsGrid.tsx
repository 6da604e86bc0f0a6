import { useState, type KeyboardEvent } from "react";
import { api } from "@/api/client";
import { useSpeech } from "@/messages";
import { formatMoney, formatNumber } from "@/ui/format";
import { complain } from "@/ui/says";
import styles from "./Forecast.module.css";
import { money, periodName } from "./model";
import { useRefresh } from "./read";
import { columnsOf, rowsOf, valueAt, type Column, type GridRow, type TargetsData } from "./targets";

const MOVES: Record<string, [number, number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** Moves the caret between cells; left and right only from the end of what is typed. */
function move(event: KeyboardEvent<HTMLInputElement>) {
  const step = MOVES[event.key];
  const input = event.currentTarget;
  if (!step || event.nativeEvent.isComposing) return;
  if (step[1] === -1 && (input.selectionStart ?? 0) > 0 && input.selectionStart === input.selectionEnd) return;
  if (step[1] === 1 && (input.selectionEnd ?? 0) < input.value.length && input.selectionStart === input.selectionEnd) return;
  const [row = 0, column = 0] = (input.dataset["cell"] ?? "").split(":").map(Number);
  const next = input.closest("table")?.querySelector<HTMLInputElement>(`input[data-cell="${row + step[0]}:${column + step[1]}"]`);
  event.preventDefault();
  if (next) {
    next.focus();
    next.select();
  } else if (event.key === "Enter") input.blur();
}

function Cell({ data, row, column, place, label }: { data: TargetsData; row: GridRow; column: Column; place: string; label: string }) {
  const { t, language } = useSpeech();
  const refresh = useRefresh();
  const stored = valueAt(data, row, column);
  const [typed, setTyped] = useState<string | null>(null);
  const [refused, setRefused] = useState(false);
  const save = async () => {
    const value = (typed ?? "").replaceAll(",", "").trim();
    if (typed === null || value === stored) return setTyped(null);
    try {
      const place = { [row.kind]: row.id, measure: data.measure, period: column.period, starts_on: column.starts_on };
      await api.put("/targets", { cells: [{ ...place, value: value === "" ? null : value }] });
      await refresh();
      setTyped(null);
      setRefused(false);
    } catch (error) {
      setRefused(true);
      complain(error, t);
    }
  };
  return <input inputMode="decimal" placeholder={data.editable ? "—" : ""} aria-label={label} data-cell={place} data-refused={refused} readOnly={!data.editable} value={typed ?? (stored && formatNumber(stored, language))} onChange={(event) => setTyped(event.target.value)} onBlur={() => void save()} onKeyDown={move} onFocus={(event) => { setTyped((kept) => kept ?? stored); event.target.select(); }} />;
}

/** People and departments down, months across; every cell is typed into, the sums stand beside it. */
export function TargetsGrid({ data }: { data: TargetsData }) {
  const { t, language } = useSpeech();
  const { departments, people } = rowsOf(data);
  const columns = columnsOf(data);
  const text = (value: string | null | undefined) => (value === null || value === undefined ? "—" : data.measure === "won_amount" ? formatMoney(money(value, data.currency), language, 0) : formatNumber(value, language));
  const month = (column: Column) => (column.period === "month" ? new Intl.DateTimeFormat(language, { month: "short" }).format(new Date(`${column.starts_on}T00:00:00`)) : t("targets.whole", { name: periodName(data.period, language) }));
  const line = (row: GridRow, index: number) => (
    <tr key={`${row.kind} ${row.id}`} data-row={row.id}>
      <td>{row.name}{row.line && Object.entries(row.line.apart ?? {}).map(([code, amount]) => <span key={code} className={styles["small"]}>{t("targets.apart", { amount: formatMoney(money(amount, code), language, 0) })}</span>)}</td>
      {columns.map((column, at) => <td key={`${column.period} ${column.starts_on}`} className={styles["cells"]}><Cell data={data} row={row} column={column} place={`${index}:${at}`} label={t("targets.cell", { name: row.name, month: month(column) })} /></td>)}
      <td>{text(row.line?.target)}{row.kind === "department" && row.line?.of_people && <span className={styles["small"]}>{t("targets.ofPeople")} {text(row.line.of_people)}</span>}</td>
      <td>{text(row.line?.attained)}{row.line?.share && <span className={styles["small"]}>{`${row.line.share}%`}</span>}</td>
      <td>{text(row.line?.missing)}</td>
    </tr>
  );
  const width = columns.length + 4;
  return (
    <>
      {data.editable && <p className={styles["hint"]}>{t("targets.hint")}</p>}
      <div className={styles["scroll"]}>
        <table className={styles["sheet"]} data-testid="targets-grid">
          <thead><tr><th>{t("forecast.person")}</th>{columns.map((column) => <th key={`${column.period} ${column.starts_on}`}>{month(column)}</th>)}<th>{t("forecast.target")}</th><th>{t("forecast.attained")}</th><th>{t("forecast.missing")}</th></tr></thead>
          <tbody>
            {departments.length > 0 && <tr className={styles["group"]}><td colSpan={width}>{t("targets.departments")}</td></tr>}
            {departments.map(line)}
            {departments.length > 0 && <tr className={styles["group"]}><td colSpan={width}>{t("targets.people")}</td></tr>}
            {people.map((row, index) => line(row, departments.length + index))}
          </tbody>
        </table>
      </div>
    </>
  );
}
