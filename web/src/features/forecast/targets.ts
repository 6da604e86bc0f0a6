import type { PeriodData, Standing } from "./model";

export const MEASURES = ["won_amount", "won_count", "new_accounts", "activities"] as const;
export interface TargetLine extends Standing { id: string; name: string; of_people?: string; apart: Record<string, string> }
export interface TargetsData {
  period: PeriodData;
  months: { key: string; start: string }[];
  measure: (typeof MEASURES)[number];
  currency: string;
  people: TargetLine[];
  departments: TargetLine[];
  led_departments: { id: string; name: string }[];
  cells: { person: string | null; department: string | null; period: string; starts_on: string; value: string }[];
  editable: boolean;
}
/** One row to type into: of a person or a department. */
export interface GridRow { kind: "person" | "department"; id: string; name: string; line: TargetLine | undefined }
export interface Column { period: string; starts_on: string }

export function rowsOf(data: TargetsData): { departments: GridRow[]; people: GridRow[] } {
  const known = new Map(data.departments.map((line) => [line.id, line]));
  const names = new Map([...data.led_departments, ...data.departments].map(({ id, name }) => [id, name]));
  return {
    departments: [...names].map(([id, name]) => ({ kind: "department", id, name, line: known.get(id) })),
    people: data.people.map((line) => ({ kind: "person", id: line.id, name: line.name, line })),
  };
}

/** The months, and the period itself where it is more than one. */
export function columnsOf(data: TargetsData): Column[] {
  const months = data.months.map((month) => ({ period: "month", starts_on: month.start }));
  return data.period.kind === "month" ? months : [...months, { period: data.period.kind, starts_on: data.period.start }];
}

export const valueAt = (data: TargetsData, row: GridRow, column: Column): string =>
  data.cells.find((cell) => cell[row.kind] === row.id && cell.period === column.period && cell.starts_on === column.starts_on)?.value ?? "";
