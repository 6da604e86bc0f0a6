"""Contracts with plans, payments and the people of money, for the tests of receivables."""

from dataclasses import dataclass
from typing import Any

import pytest

from factories.api import Api, Document, Person, unique


@dataclass
class Ledger:
    """Makes what the tests need, as the administrator; `finance` confirms and allocates."""

    api: Api
    finance: Person

    @property
    def admin(self) -> Person:
        return self.api.administrator

    async def account(self, **values: Any) -> Document:
        return await self.admin.create("account", name=unique("Customer "), **values)

    async def contract(
        self, amount: str = "1000.00", *, account: str | None = None, currency: str = "CNY", **values: Any
    ) -> Document:
        """Signed, unless said otherwise."""
        key = account or (await self.account())["id"]
        return await self.admin.create(
            "contract",
            **{
                "name": unique("Contract "),
                "account": key,
                "amount": {"amount": amount, "currency": currency},
                "signed_on": "2026-01-05",
                "status": "signed",
                **values,
            },
        )

    async def plan(self, contract: Document, *rows: Document, version: int | None = None) -> list[Document]:
        body = {"version": version or contract["version"], "instalments": list(rows)}
        found = await self.admin.ok("PUT", f"/plans/contract/{contract['id']}", body)
        instalments: list[Document] = found["instalments"]
        return instalments

    async def planned(self, amount: str = "1000.00", **values: Any) -> tuple[Document, list[Document]]:
        """A signed contract in two halves, the first long overdue."""
        contract = await self.contract(amount, **values)
        rows = await self.plan(
            contract,
            {"name": "First", "due_on": "2026-02-01", "percent": "50"},
            {"name": "Rest", "due_on": "2036-02-01", "percent": "50"},
        )
        return contract, rows

    async def payment(
        self, account: str, amount: str, *, currency: str = "CNY", confirmed: bool = True, **values: Any
    ) -> Document:
        made = await self.admin.create(
            "payment",
            **{
                "account": account,
                "received_on": "2026-02-03",
                "amount": {"amount": amount, "currency": currency},
                **values,
            },
        )
        if not confirmed:
            return made
        found: Document = await self.finance.ok(
            "POST", f"/payments/{made['id']}/confirm", {"version": made["version"]}
        )
        return found

    async def allocate(self, payment: Document, *parts: Document) -> list[Document]:
        body = {"allocations": list(parts)}
        found = await self.finance.ok("POST", f"/payments/{payment['id']}/allocations", body)
        made: list[Document] = found["allocations"]
        return made

    async def read(self, name: str, record: Document | str) -> Document:
        key = record if isinstance(record, str) else record["id"]
        found: Document = await self.admin.ok("GET", f"/records/{name}/{key}")
        return found

    async def patch(self, name: str, record: Document | str, **values: Any) -> Any:
        """A change by the administrator; the response, whatever it is."""
        now = await self.read(name, record)
        body = {"version": now["version"], **values}
        return await self.admin.call("PATCH", f"/records/{name}/{now['id']}", json=body)

    async def check(self) -> list[Document]:
        """What a reconciliation finds now."""
        report = await self.finance.ok("POST", "/receivables/reconciliation/run")
        found: list[Document] = report["findings"]
        return found


@pytest.fixture(scope="module")
async def ledger(api: Api) -> Ledger:
    return Ledger(api, await api.person("finance"))
