import type { AggregateValue, RecordData } from "@/api/types";

/** A group of records with one value: its sums, and whether its records are shown. */
export interface GroupLine {
  key: string;
  value: unknown;
  count: number;
  /** By path of the summed column. */
  sums: Readonly<Record<string, AggregateValue>>;
  open: boolean;
}

export type Line = { kind: "record"; record: RecordData } | { kind: "group"; group: GroupLine } | { kind: "waiting" };

/** What stands below one another in a list, whatever way it is brought here. */
export interface Lines {
  count: number;
  at: (index: number) => Line | undefined;
  /** Tells what is on the screen, so that what is missing there (or soon) is fetched. */
  need: (first: number, last: number) => void;
  /** Whether `count` is all there is. */
  ended: boolean;
  /** Records that are here, in their order. */
  records: RecordData[];
}

export const recordAt = (lines: Lines, index: number): RecordData | undefined => {
  const line = lines.at(index);
  return line?.kind === "record" ? line.record : undefined;
};
