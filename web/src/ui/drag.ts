import { getFirstCollision, MouseSensor, PointerSensor, TouchSensor, useSensor, useSensors, type Collision, type DragEndEvent, type PointerSensorProps, type SensorProps } from "@dnd-kit/core";
import { flushSync } from "react-dom";

/**
 * Each move is drawn before the next is taken. React otherwise draws when it finds time, and a hand that lets go right
 * after a quick move on a busy machine would put a card down where it was before that move.
 */
const drawnAtOnce = <P extends Pick<SensorProps<object>, "onMove">>(props: P): P => ({ ...props, onMove: (to: Parameters<P["onMove"]>[0]) => flushSync(() => props.onMove(to)) });

export class PromptMouse extends MouseSensor {
  constructor(props: ConstructorParameters<typeof MouseSensor>[0]) {
    super(drawnAtOnce(props));
  }
}

export class PromptPointer extends PointerSensor {
  constructor(props: PointerSensorProps) {
    super(drawnAtOnce(props));
  }
}

export class PromptTouch extends TouchSensor {
  constructor(props: ConstructorParameters<typeof TouchSensor>[0]) {
    super(drawnAtOnce(props));
  }
}

/** Handles dragged with the pointer, or by a long touch, in lists and designers. */
export const useHandles = () => useSensors(
  useSensor(PromptPointer, { activationConstraint: { distance: 4 } }),
  useSensor(PromptTouch, { activationConstraint: { delay: 200, tolerance: 6 } }),
);

/** What lies under the pointer as something is put down; `over` of the event is told later than the last move. */
export function landed({ collisions, over }: Pick<DragEndEvent, "collisions" | "over">): { id: string; data: unknown } | null {
  if (collisions === null) return over && { id: String(over.id), data: over.data.current };
  const first = getFirstCollision(collisions) as Collision | null;
  if (!first) return null;
  const place = first.data?.["droppableContainer"] as { data: { current?: unknown } } | undefined;
  return { id: String(first.id), data: place?.data.current };
}
