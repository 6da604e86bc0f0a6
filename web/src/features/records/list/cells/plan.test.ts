import { describe, expect, it } from "vitest";
import type { Catalog } from "@/api/catalog";
import type { Field, ObjectType, RecordData } from "@/api/types";
import { speechOf } from "@/messages";
import type { Column } from "../grid";
import { planValues, refusal, type Sheet } from "./plan";

const { t } = speechOf("en");
const type = { api_name: "deal", title_field: "name", permissions: { update: true } } as unknown as ObjectType;
const column = (path: string, more: Partial<Field> = {}, editable = true): Column => ({ path, field: { api_name: path, access: "edit", required: false, ...more } as Field, width: 100, align: undefined, editable });
const records = [{ id: "1", version: 3, name: "A", step: "call" }, { id: "2", version: 5, name: "B", step: null }] as unknown as RecordData[];
const sheet = (columns: Column[]): Sheet => ({ type, catalog: {} as Catalog, columns, count: 2, grows: false, record: (row) => records[row], t });

describe("what a fill would do", () => {
  it("names cells that differ, with the versions that were read", () => {
    const plan = planValues(sheet([column("name"), column("step")]), [0, 1], [1], () => "call");
    expect(plan.changes).toEqual([{ id: "2", path: "step", before: null, after: "call" }]);
    expect([...plan.versions]).toEqual([["2", 5]]);
    expect(plan.wrong).toEqual([]);
  });
  it("empties no required cell", () => {
    const plan = planValues(sheet([column("name", { required: true })]), [0, 1], [0], () => null);
    expect(plan.changes).toEqual([]);
    expect(plan.wrong.map(({ title, message }) => [title, message])).toEqual([["A", "This is required"], ["B", "This is required"]]);
  });
  it("does not speak of a closed cell that stays as it is", () => {
    const plan = planValues(sheet([column("step", { access: "read" }, false)]), [0, 1], [0], () => "call");
    expect(plan.wrong.map((cell) => cell.title)).toEqual(["B"]);
  });
});

describe("why a column is closed", () => {
  it("is said in the reader's words", () => {
    expect(refusal(type, column("step"), t)).toBeNull();
    expect(refusal(type, column("account.city", {}, false), t)).toBe("It belongs to another record");
    expect(refusal(type, column("phone", { access: "masked" }, false), t)).toBe("It is masked");
    expect(refusal(type, column("total", { computed: true }, false), t)).toBe("It is computed");
    expect(refusal(type, column("owner", {}, false), t)).toBe("You may not change this field");
    expect(refusal(type, column("created_at", {}, false), t)).toBe("This field cannot be changed");
  });
});
