import { expect, it } from "vitest";
import { choicesFrom, finishChoices } from "./config";

it("reads one choice per line and gives each a key of its own", () => {
  const choices = choicesFrom("Hot\n\n Cold \nHot", ["gray", "red"]);
  expect(finishChoices({ choices }).choices?.map((choice) => choice.key)).toEqual(["hot", "cold", "hot_2"]);
});
it("keeps keys that stand and drops rows without a name", () => {
  const choices = [{ key: "old", label: { en: "New name" } }, { key: "", label: { "zh-CN": " " } }, { key: "", label: { en: "Old" } }];
  expect(finishChoices({ choices }).choices).toEqual([{ key: "old", label: { en: "New name" } }, { key: "old_2", label: { en: "Old" } }]);
});
