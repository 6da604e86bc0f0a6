import { useDraggable } from "@dnd-kit/core";
import type { KeyboardEvent } from "react";
import { useCatalog } from "@/api/catalog";
import type { ObjectType, RecordData } from "@/api/types";
import { isEmptyValue } from "@/fields/contract";
import { fieldUi } from "@/fields/registry";
import { cx } from "@/ui/cx";
import styles from "./Board.module.css";

/** What a card says beside its name: money and date on one line, then the next step or who has it. */
export function cardFields(type: ObjectType, groupBy: string): { second: string[]; third: string[] } {
  const find = (accept: (name: string, fieldType: string) => boolean) => type.fields.find((field) => !field.system && field.api_name !== groupBy && field.api_name !== type.title_field && accept(field.api_name, field.type))?.api_name;
  const money = type.board_sum_field ?? find((_, kind) => kind === "currency");
  // The day something ends says more than the day it began.
  const date = find((name, kind) => kind === "date" && /close|due|end/.test(name)) ?? find((_, kind) => kind === "date" || kind === "datetime");
  const next = find((name) => name === "next_step") ?? find((_, kind) => kind === "relation") ?? type.subtitle_field ?? undefined;
  const second = [money ?? type.subtitle_field, date].filter((name): name is string => Boolean(name));
  return { second, third: [next, "owner"].filter((name): name is string => Boolean(name) && !second.includes(name as string)) };
}

/** The longer a card has not been touched, the warmer its edge. */
export function ageColour(updatedAt: unknown, now = Date.now()): string | null {
  if (typeof updatedAt !== "string") return null;
  const days = (now - Date.parse(updatedAt)) / 864e5;
  return days > 60 ? "var(--cat-red-solid)" : days > 30 ? "var(--cat-orange-solid)" : days > 14 ? "var(--cat-yellow-solid)" : null;
}

interface FaceProps {
  type: ObjectType;
  record: RecordData;
  groupBy: string;
}

export function CardFace({ type, record, groupBy }: FaceProps) {
  const catalog = useCatalog();
  const { second, third } = cardFields(type, groupBy);
  const age = ageColour(record["updated_at"]);
  const cell = (name: string, index: number, className?: string) => {
    const field = catalog.field(type.api_name, name);
    const value = record[name];
    if (!field || isEmptyValue(value)) return null;
    const { Cell } = fieldUi(field);
    return <span key={name} className={cx(className, index > 0 && styles["push"])}><Cell value={value} field={field} /></span>;
  };
  return (
    <>
      {age && <span className={styles["age"]} style={{ background: age }} />}
      <div className={styles["title"]}>{String(record[type.title_field] ?? "")}</div>
      <div className={styles["line"]}>{second.map((name, index) => cell(name, index, index === 0 ? styles["amount"] : undefined))}</div>
      <div className={styles["line"]}>{third.map((name, index) => cell(name, index))}</div>
    </>
  );
}

interface Props extends FaceProps {
  refused: boolean;
  onOpen: (id: string) => void;
}

export function BoardCard({ type, record, groupBy, refused, onOpen }: Props) {
  const drag = useDraggable({ id: record.id, data: { record }, disabled: !type.permissions.update });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") onOpen(record.id);
    else drag.listeners?.["onKeyDown"]?.(event);
  };
  return (
    <div
      ref={drag.setNodeRef}
      {...drag.attributes}
      {...drag.listeners}
      onKeyDown={onKeyDown}
      aria-label={String(record[type.title_field] ?? "")}
      className={cx(styles["card"], drag.isDragging && styles["ghost"], refused && styles["refused"])}
      data-testid="board-card"
      data-record={record.id}
      onClick={() => onOpen(record.id)}
    >
      <CardFace type={type} record={record} groupBy={groupBy} />
    </div>
  );
}
