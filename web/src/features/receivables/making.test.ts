import { describe, expect, it } from "vitest";
import type { RecordData } from "@/api/types";
import { makesOf } from "./making";

const account = { id: "a", label: "Evergreen" };
const record = (values: Record<string, unknown>) => ({ id: "r", version: 1, account, ...values }) as unknown as RecordData;

describe("what is begun from a document of money", () => {
  it("takes what is left of a signed contract, in its currency", () => {
    const contract = record({ status: "signed", amount: { amount: "100.01", currency: "USD" }, received: "40.00", invoiced: "100.01" });
    const [payment, request] = makesOf("contract", contract, "Line");
    expect(payment?.values).toMatchObject({ account, contract: { id: "r", label: "Line" }, amount: { amount: "60.01", currency: "USD" } });
    expect(request?.values["amount"]).toEqual({ amount: null, currency: "USD" });
    expect(makesOf("contract", { ...contract, status: "draft" }, "Line")).toEqual([]);
  });

  it("names the order on its invoice, and the order's contract on its payment", () => {
    const contract = { id: "c", label: "Line" };
    const [payment, request] = makesOf("sales_order", record({ status: "confirmed", total: "9.90", currency: "USD", contract }), "Order");
    expect(payment?.values).toMatchObject({ contract, amount: { amount: "9.90", currency: "USD" } });
    expect(request?.values).toMatchObject({ sales_order: { id: "r", label: "Order" } });
    expect(request?.values).not.toHaveProperty("contract");
  });

  it("pays back what of a confirmed payment is neither allocated nor paid back", () => {
    const paid = record({ status: "confirmed", amount: { amount: "10.00", currency: "USD" }, available: "2.50" });
    expect(makesOf("payment", paid, "P1")[0]?.values).toEqual({ payment: { id: "r", label: "P1" }, amount: { amount: "2.50", currency: "USD" } });
    expect(makesOf("payment", { ...paid, available: "0.00" }, "P1")).toEqual([]);
    expect(makesOf("payment", { ...paid, status: "pending" }, "P1")).toEqual([]);
  });
});
