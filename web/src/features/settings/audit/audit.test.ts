import { describe, expect, it } from "vitest";
import { gist, lines, type AuditEntry } from "./audit";

const entry = (over: Partial<AuditEntry>): AuditEntry => ({
  id: "1", source: "entry", at: "2026-11-22T01:00:00Z", actor: { id: null, name: null, kind: "system", kind_label: "System" }, real_user: null,
  action: "export", action_label: "Exported", outcome: "done", outcome_label: "Done", object: null, record: null, target: {}, detail: {}, fields: [],
  changes: null, address: null, client: null, session: null, ...over,
});

describe("an audit entry in short", () => {
  it("names the fields a change touched", () => expect(gist(entry({ source: "change", fields: ["名称", "阶段"] }))).toBe("名称、阶段"));
  it("tells target and details, not what its own columns show", () =>
    expect(gist(entry({ target: { object: "account", role: "seller" }, detail: { count: 3, code: "power_needed", empty: null } }))).toBe("code: power_needed · role: seller"));
  it("writes nested values out instead of hiding them", () => expect(lines({ before: { days: 180 }, none: null })).toEqual([["before", '{"days":180}']]));
});
