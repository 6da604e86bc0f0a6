import { expect, it } from "vitest";
import { assign } from "./mapping";

it("gives a field to one column only and forgets a key that is gone", () => {
  const mapping = { columns: [{ column: 0, field: "name" }, { column: 1, field: "phone" }], key: "name" };
  const next = assign(mapping, { column: 2, field: "name" }, 2);
  expect(next.columns).toEqual([{ column: 1, field: "phone" }, { column: 2, field: "name" }]);
  expect(next.key).toBe("name");
  expect(assign(next, null, 2).key).toBeNull();
});
