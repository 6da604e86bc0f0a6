import type { Choice, ObjectType, RecordData } from "@/api/types";
import { useSpeech } from "@/messages";

interface Active { data: { current?: unknown } }
interface Over { data: { current?: unknown } }

/** What a screen reader is told while a card is carried. */
export function useAnnouncements(type: ObjectType, columns: (Choice | null)[]) {
  const { t, say } = useSpeech();
  const nameOf = (over: Over) => {
    const { key } = (over.data.current as { key?: string | null } | undefined) ?? {};
    return say(columns.find((choice) => (choice?.key ?? null) === (key ?? null))?.label) || t("board.noValue");
  };
  const title = ({ data }: Active) => String((data.current as { record?: RecordData } | undefined)?.record?.[type.title_field] ?? "");
  return {
    screenReaderInstructions: { draggable: t("board.instructions") },
    announcements: {
      onDragStart: ({ active }: { active: Active }) => t("board.lifted", { name: title(active) }),
      onDragOver: ({ over }: { over: Over | null }) => (over ? t("board.over", { name: nameOf(over) }) : undefined),
      onDragEnd: ({ over }: { over: Over | null }) => (over ? t("board.dropped", { name: nameOf(over) }) : t("board.cancelled")),
      onDragCancel: () => t("board.cancelled"),
    },
  };
}
