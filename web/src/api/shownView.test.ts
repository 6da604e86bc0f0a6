import { afterEach, expect, it } from "vitest";
import { setShownView, viewHeaders } from "./shownView";

afterEach(() => setShownView("", undefined));

it("names the view on questions of its own list alone", () => {
  expect(viewHeaders("/records/account/query")).toEqual({});
  setShownView("account", "v1");
  for (const ask of ["query", "aggregate", "anchors"]) expect(viewHeaders(`/records/account/${ask}`)).toEqual({ "X-Banyan-View": "v1" });
  for (const path of ["/records/contact/query", "/records/account/5", "/records/account/query/more", "/pools/5/query"]) expect(viewHeaders(path)).toEqual({});
});

it("is silent when the list shows no view", () => {
  setShownView("account", "v1");
  setShownView("account", undefined);
  expect(viewHeaders("/records/account/query")).toEqual({});
});
