import { useDraggable } from "@dnd-kit/core";
import { Ban, Hourglass } from "lucide-react";
import { memo, type KeyboardEvent } from "react";
import { useCatalog } from "@/api/catalog";
import type { ObjectType, RecordData } from "@/api/types";
import { rotOf } from "@/features/base/stages";
import { isEmptyValue } from "@/fields/contract";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { AGE_COLOURS, ageOf, daysSince } from "./ageing";
import styles from "./Board.module.css";
import { cardTowards } from "./keyboard";
import { useSetting, type Face } from "./setting";

interface Drawn {
  record: RecordData;
  type: ObjectType;
  face: Face;
  ages: readonly number[];
}

/** Why a card cannot go on: its reason, or what its choice is called. */
function useBlocked({ record, type, face }: Drawn): string | null {
  const catalog = useCatalog();
  const speech = useSpeech();
  const field = face.blocked ? catalog.field(type.api_name, face.blocked) : undefined;
  const value = field && record[field.api_name];
  if (!field || isEmptyValue(value) || value === false) return null;
  const reason = face.reason ? String(record[face.reason] ?? "") : "";
  return reason || (value === true ? speech.t("board.blocked") : fieldUi(field).text(value, field, speech));
}

/** What a card says. It stays as it is while cards around it are lifted and moved: of a hundred only one changes. */
export const CardFace = memo(function CardFace(props: Drawn) {
  const { record, type, face, ages } = props;
  const catalog = useCatalog();
  const { t } = useSpeech();
  const age = ageOf(record["updated_at"], ages);
  const colour = AGE_COLOURS[age];
  const blocked = useBlocked(props);
  const rot = rotOf(type, record);
  const cell = (name: string, index: number, className?: string) => {
    const field = catalog.field(type.api_name, name);
    const value = record[name];
    if (!field || isEmptyValue(value)) return null;
    const { Cell } = fieldUi(field);
    return <span key={name} className={cx(className, index > 0 && styles["push"])}><Cell value={value} field={field} /></span>;
  };
  return (
    <>
      {colour && <span className={styles["age"]} style={{ background: colour }} data-age={age} title={t("board.age", { n: daysSince(record["updated_at"], Date.now()) ?? 0 })} />}
      <div className={styles["title"]}>{String(record[type.title_field] ?? "")}</div>
      {rot?.rotten && <div className={styles["rotten"]} data-testid="board-rotten"><Hourglass size={12} aria-hidden /><span>{t("board.rotten", { n: rot.days })}</span></div>}
      {blocked !== null && <div className={styles["blocked"]} data-testid="board-blocked"><Ban size={12} aria-label={t("board.blocked")} /><span>{blocked}</span></div>}
      <div className={styles["line"]}>{face.second.map((name, index) => cell(name, index, index === 0 ? styles["amount"] : undefined))}</div>
      <div className={styles["line"]}>{face.third.map((name, index) => cell(name, index))}</div>
    </>
  );
});

/** A card: Space lifts it, arrows go from card to card, Enter opens it. */
export function BoardCard({ record }: { record: RecordData }) {
  const { type, face, ages, moves, onOpen } = useSetting();
  const drag = useDraggable({ id: record.id, data: { record }, disabled: !type.permissions.update });
  const refused = moves.refused?.id === record.id ? moves.refused.reason : null;
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === "Enter") return onOpen(record.id);
    const next = drag.isDragging || event.altKey ? undefined : cardTowards(event.currentTarget, event.key);
    if (next) {
      event.preventDefault();
      next.focus();
    } else drag.listeners?.["onKeyDown"]?.(event);
  };
  return (
    <div
      ref={drag.setNodeRef}
      {...drag.attributes}
      {...drag.listeners}
      onKeyDown={onKeyDown}
      aria-label={String(record[type.title_field] ?? "")}
      className={cx(styles["card"], drag.isDragging && styles["ghost"], refused !== null && styles["refused"])}
      data-testid="board-card"
      data-record={record.id}
      onClick={() => onOpen(record.id)}
    >
      <CardFace record={record} type={type} face={face} ages={ages} />
      {refused !== null && <p className={styles["reason"]} data-testid="board-refused">{refused}</p>}
    </div>
  );
}
