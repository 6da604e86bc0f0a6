import type { Collision, DragEndEvent } from "@dnd-kit/core";
import { describe, expect, it } from "vitest";
import { landed } from "./drag";

const collision = (id: string) => ({ id, data: { droppableContainer: { data: { current: { key: id } } } } }) as unknown as Collision;
const event = (collisions: Collision[] | null, over: string | null) =>
  ({ collisions, over: over && { id: over, data: { current: { key: over } } } }) as unknown as DragEndEvent;

describe("landed", () => {
  it("is what lies under the pointer now, whatever it was over before", () => {
    expect(landed(event([collision("lost"), collision("won")], "won"))).toEqual({ id: "lost", data: { key: "lost" } });
    expect(landed(event([], "won"))).toBeNull();
    expect(landed(event(null, "won"))).toEqual({ id: "won", data: { key: "won" } });
    expect(landed(event(null, null))).toBeNull();
  });
});
