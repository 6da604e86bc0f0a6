"""Whatever is done in whatever order, at once and on real connections: the sums hold and the numbers have no gaps."""

import asyncio
import random
import re
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from factories.api import Document

pytestmark = pytest.mark.anyio
SEEDS, ACTORS, STEPS = (11, 23, 47), 6, 12
EXPECTED = {200, 201, 403, 404, 409, 422}


def number() -> str:
    return str(uuid.uuid4().int)[:20].zfill(20)


class Actor:
    """Somebody who plans, pays, allocates, undoes, refunds, invoices and reverses without looking left or right."""

    def __init__(self, ledger, account: str, contracts: list[Document], seed: int):
        self.ledger, self.account, self.contracts = ledger, account, contracts
        self.dice = random.Random(seed)  # noqa: S311 - dice
        self.answers: list[int] = []

    async def run(self) -> None:
        acts: list[Callable[[], Awaitable[None]]] = [
            self.plan, self.pay, self.pay, self.allocate, self.allocate, self.allocate, self.undo, self.refund,
            self.invoice, self.reverse, self.reopen,
        ]  # fmt: skip
        for _ in range(STEPS):
            await self.dice.choice(acts)()

    async def _do(self, method: str, path: str, body: Any, *, by_admin: bool = False) -> Document:
        who = self.ledger.admin if by_admin else self.ledger.finance
        answer = await who.call(method, path, json=body)
        assert answer.status_code in EXPECTED, f"{method} {path}: {answer.status_code} {answer.text}"
        self.answers.append(answer.status_code)
        found: Document = answer.json() if answer.is_success and answer.content else {}
        return found

    async def _one(self, name: str, **values: Any) -> Document | None:
        where = {"and": [{"field": key, "op": "eq", "value": value} for key, value in values.items()]}
        found = (await self.ledger.admin.page(name, where=where, limit=50))["records"]
        return self.dice.choice(found) if found else None

    async def plan(self) -> None:
        contract = self.dice.choice(self.contracts)
        path = f"/plans/contract/{contract['id']}"
        now = await self.ledger.admin.ok("GET", path)
        rows = [
            {"id": row["id"], "name": row["name"], "due_on": row["due_on"], "amount": row["amount"]["amount"]}
            for row in now["instalments"]
        ]
        shift = self.dice.choice(("0.01", "10", "250"))
        if len(rows) > 1:
            rows[0]["amount"] = str(round(float(rows[0]["amount"]) + float(shift), 2))
            rows[1]["amount"] = str(round(float(rows[1]["amount"]) - float(shift), 2))
        await self._do("PUT", path, {"version": now["version"], "instalments": rows}, by_admin=True)

    async def pay(self) -> None:
        amount = str(self.dice.randrange(1, 60_000) / 100)
        values = {"account": self.account, "received_on": "2026-02-03", "amount": amount}
        made = await self._do("POST", "/records/payment", values, by_admin=True)
        if made:
            await self._do("POST", f"/payments/{made['id']}/confirm", {"version": made["version"]})

    async def allocate(self) -> None:
        payment = await self._one("payment", account=self.account, status="confirmed")
        if payment is None:
            return
        path = f"/payments/{payment['id']}"
        found = await self.ledger.finance.ok("GET", f"{path}/open")
        parts = found["proposal"]
        if parts and self.dice.random() < 0.3:  # more than fits, perhaps
            parts[0]["amount"] = str(round(float(parts[0]["amount"]) + self.dice.choice((0.01, 100)), 2))
        if parts:
            await self._do("POST", f"{path}/allocations", {"allocations": parts})

    async def undo(self) -> None:
        allocation = await self._one("allocation", account=self.account, status="active")
        if allocation is not None:
            await self._do("POST", f"/allocations/{allocation['id']}/undo", {"reason": "by dice"})

    async def refund(self) -> None:
        payment = await self._one("payment", account=self.account, status="confirmed")
        if payment is None:
            return
        values = {
            "payment": payment["id"],
            "reason": "by dice",
            "amount": str(self.dice.randrange(1, 9_000) / 100),
        }
        made = await self._do("POST", "/records/refund", values, by_admin=True)
        if made:
            await self._do("POST", f"/refunds/{made['id']}/pay", {"version": made["version"]})

    async def invoice(self) -> None:
        contract = self.dice.choice(self.contracts)
        total = str(self.dice.randrange(1, 40_000) / 100)
        values = {"account": self.account, "contract": contract["id"], "total": total, "tax_rate": "13"}
        made = await self._do("POST", "/records/invoice", values, by_admin=True)
        if made:
            await self._do("POST", f"/invoices/{made['id']}/issue", {"invoice_number": number()})

    async def reverse(self) -> None:
        invoice = await self._one("invoice", account=self.account, status="issued")
        if invoice is None or invoice["red_of"]:
            return
        body: Document = {"reason": "by dice", "invoice_number": number()}
        if self.dice.random() < 0.5:
            body["amount"] = str(self.dice.randrange(1, 5_000) / 100)
        await self._do("POST", f"/invoices/{invoice['id']}/red", body)

    async def reopen(self) -> None:
        payment = await self._one("payment", account=self.account, status="confirmed")
        if payment is not None:
            await self._do("POST", f"/payments/{payment['id']}/reopen", {})


async def _numbers(ledger, name: str) -> list[int]:
    """Running numbers of all records of an object in the month, sorted; those in the trash have theirs too."""
    found: list[int] = []
    cursor = None
    while True:
        ask = {"select": ["number"], "limit": 1000, "sort": [{"field": "number"}], "cursor": cursor}
        page = await ledger.admin.page(name, **ask)
        found += [int(re.search(r"(\d+)$", each["number"]).group()) for each in page["records"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return sorted(found)


@pytest.mark.parametrize("seed", SEEDS)
async def test_any_order_of_acts_at_once_keeps_every_sum_and_number(ledger, seed):
    account = await ledger.account()
    contracts = [
        (await ledger.planned("1234.56", account=account["id"]))[0],
        (await ledger.planned("700.01", account=account["id"]))[0],
    ]
    actors = [Actor(ledger, account["id"], contracts, seed * 100 + place) for place in range(ACTORS)]
    await asyncio.gather(*(actor.run() for actor in actors))
    answers = [each for actor in actors for each in actor.answers]
    assert answers.count(200) + answers.count(201) > len(answers) / 3, answers
    assert await ledger.check() == []
    for name in ("payment", "allocation", "refund", "invoice"):
        numbers = await _numbers(ledger, name)
        assert numbers == list(range(1, len(numbers) + 1)), name


async def test_of_two_who_allocate_the_same_payment_never_more_is_taken(ledger):
    contract, (first, rest) = await ledger.planned("2000.00")
    payment = await ledger.payment(contract["account"]["id"], "1000")
    path = f"/payments/{payment['id']}/allocations"

    async def take(plan: Document, amount: str) -> int:
        body = {"allocations": [{"payment_plan": plan["id"], "amount": amount}]}
        return (await ledger.finance.call("POST", path, json=body)).status_code

    both = await asyncio.gather(take(first, "600"), take(rest, "400"))
    assert both == [201, 201]
    payment = await ledger.payment(contract["account"]["id"], "500")
    path = f"/payments/{payment['id']}/allocations"
    found = await asyncio.gather(*(take(rest, "300") for _ in range(8)))
    assert sorted(found) == [201, *[422] * 7]
    assert await ledger.check() == []
