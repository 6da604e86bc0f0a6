import { expect, it } from "vitest";
import type { Role } from "@/api/access";
import { changedGrant, changedPlaces, draftOf, grantOf, plainGrant, rebase, sameGrant, withField, withGrant, type Draft } from "./model";

const role = { key: "r", label: { en: "R" }, description: {}, kind: "custom", locked: false, powers: ["roles", "audit"], version: 1, holders: 0, grants: { "*": { read: plainGrant("own") }, account: { read: plainGrant("all") } }, fields: {} } satisfies Role;
const base: Draft = draftOf(role);

it("falls back to what is said of all objects, action by action", () => {
  expect(grantOf(base.grants, "account", "read")).toEqual({ grant: plainGrant("all"), own: true });
  expect(grantOf(base.grants, "contact", "read")).toEqual({ grant: plainGrant("own"), own: false });
  expect(grantOf(base.grants, "account", "delete").grant).toBeNull();
});
it("counts each changed place once and none that was put back", () => {
  const changed = withField(withGrant(base, "account", "export", plainGrant("own")), "account", "phone", { level: "masked", unmask: true });
  expect(changedPlaces(base, changed).size).toBe(2);
  expect(changedGrant(changedPlaces(base, changed), "account", "export")).toBe(true);
  const back = withField(withGrant(changed, "account", "export", null), "account", "phone", { level: "edit", unmask: false });
  expect(changedPlaces(base, back).size).toBe(0);
});
it("drops the switch to unmask from levels that are not masked", () => {
  expect(withField(base, "account", "phone", { level: "read", unmask: true }).fields["account"]?.["phone"]).toEqual({ level: "read", unmask: false });
});
it("lays own changes over a newer version, removals too", () => {
  const mine = withGrant(withGrant(base, "account", "read", null), "contact", "read", plainGrant("department"));
  const theirs = withGrant({ ...base, label: { en: "Renamed" } }, "lead", "read", plainGrant("all"));
  const both = rebase(base, mine, theirs);
  expect(both.label).toEqual({ en: "Renamed" });
  expect(both.grants).toEqual({ "*": { read: plainGrant("own") }, lead: { read: plainGrant("all") }, contact: { read: plainGrant("department") } });
});
it("takes nothing and a missing grant for the same, and knows departments by content", () => {
  expect(sameGrant(null, plainGrant("none"))).toBe(true);
  expect(sameGrant({ scope: "departments", departments: ["a", "b"], condition: null }, { scope: "departments", departments: ["b", "a"], condition: null })).toBe(true);
  expect(sameGrant(plainGrant("own"), plainGrant("all"))).toBe(false);
});
