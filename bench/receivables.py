"""What figures of money cost: ageing, the dashboard, a statement and a balance, and the check of every rule."""

import random
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

from psycopg import sql

from banyan.kernel.ids import new_id
from banyan.metadata.catalog import Object
from banyan.metadata.store import load_catalog
from banyan.records.bulk import copy_records, tidy
from banyan.workspaces import load
from bench.server import Running

MARK = "## Receivables"
ROUNDS, PART, OK, EACH = 5, 100_000, 300, 50
_PAID_IN = 3  # of three instalments one is settled


@dataclass(frozen=True)
class Figure:
    name: str
    seconds: Sequence[float]

    def line(self) -> str:
        low, high = min(self.seconds) * 1000, max(self.seconds) * 1000
        return f"| {self.name} | {statistics.median(self.seconds) * 1000:,.0f} ms | {low:,.0f}–{high:,.0f} |"


def _columns(obj: Object, *names: str) -> list[str]:
    """`amount:__cur` names the currency of an amount."""
    found = []
    for name in names:
        field, _, suffix = name.partition(":")
        found.append(obj.by_name[field].physical(suffix))
    return found


async def _copy(place: Running, obj: Object, columns: Sequence[str], rows: Iterator[list[Any]]) -> None:
    while part := list(islice(rows, PART)):
        async with place.database.transaction() as connection:
            await copy_records(connection, obj, columns, part)
    async with place.database.transaction() as connection:
        await connection.execute(
            sql.SQL(
                "UPDATE {} r SET department_id = u.f_department FROM {} u WHERE u.id = r.owner_id"
            ).format(sql.Identifier(obj.schema, obj.table_name), sql.Identifier(obj.schema, "r_user"))
        )
    await tidy(place.database, obj)


async def _people(place: Running) -> list[UUID]:
    client, found, cursor = place.client(), list[UUID](), None
    while True:
        ask = {"select": ["name"], "limit": 1000, "cursor": cursor, "sort": [{"field": "name"}]}
        page = (await client.call("POST", "/records/user/query", ask)).json()
        found += [UUID(item["id"]) for item in page["records"]]
        cursor = page["next_cursor"]
        if cursor is None:
            client.close()
            return found


async def _fill(place: Running, rows: int) -> UUID:
    """One customer for every fifty instalments, in yuan and some in dollars. Returns a customer."""
    people = await _people(place)
    async with place.database.reader() as connection:
        catalog = await load_catalog(connection, (await load(connection)).schema)
    account, plan = catalog.object("account"), catalog.object("payment_plan")
    keys = [new_id() for _ in range(max(1, rows // EACH))]
    accounts = ([key, f"Customer {n}", people[n % len(people)]] for n, key in enumerate(keys))
    await _copy(place, account, _columns(account, "id", "name", "owner"), accounts)
    columns = _columns(
        plan, "id", "name", "owner", "account", "due_on", "amount", "amount:__cur", "allocated", "outstanding",
        "in_force",
    )  # fmt: skip
    await _copy(place, plan, columns, _plans(rows, keys, people))
    return keys[0]


def _plans(rows: int, accounts: Sequence[UUID], people: Sequence[UUID]) -> Iterator[list[Any]]:
    dice = random.Random(42)
    first = datetime.now(UTC).date() - timedelta(days=300)
    for index in range(rows):
        amount = dice.randrange(100, 1_000_000)
        paid = amount if index % _PAID_IN == 0 else 0
        place = index % len(accounts)
        due: date = first + timedelta(days=dice.randrange(400))
        currency = "USD" if index % 10 == 0 else "CNY"
        yield [
            new_id(),
            f"Part {index}",
            people[place % len(people)],
            accounts[place],
            due,
            amount,
            currency,
            paid,
            amount - paid,
            True,
        ]


async def measure_receivables(place: Running, rows: int) -> list[Figure]:
    customer = await _fill(place, rows)
    client = place.client()
    rates = {"rates": [{"currency": "USD", "day": "2020-01-01", "rate": "7.1"}]}
    await client.call("PUT", "/exchange-rates", rates)
    found: list[Figure] = []

    async def note(name: str, work: Callable[[], Awaitable[Any]], count: int = ROUNDS) -> None:
        taken = []
        for _ in range(count):
            begin = time.perf_counter()
            answer = await work()
            taken.append(time.perf_counter() - begin)
            if answer.status >= OK:
                raise RuntimeError(f"{name}: {answer.status}: {answer.body[:300]!r}")
        found.append(Figure(name, taken))
        print(found[-1].line(), flush=True)

    for by, said in (("account", "customer"), ("owner", "seller"), ("company", "company")):
        await note(f"ageing by {said}", partial(client.call, "GET", f"/receivables/ageing?by={by}"))
    await note("the dashboard's figures", partial(client.call, "GET", "/receivables/summary"))
    member = place.client(place.member)
    await note("ageing by customer, a member's own", partial(member.call, "GET", "/receivables/ageing"))
    member.close()
    span = "from=2020-01-01&to=2035-12-31"
    await note(
        f"the statement of a customer ({EACH} movements)",
        partial(client.call, "GET", f"/receivables/statement/{customer}?{span}"),
    )
    await note("the balance of a customer", partial(client.call, "GET", f"/receivables/balance/{customer}"))
    client.close()
    return found


def section(figures: Sequence[Figure], rows: int) -> str:
    """The part of the report, under its own heading."""
    said = (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} over HTTP with {rows:,} instalments of {max(1, rows // EACH):,} "
        f"customers, two of three open, a tenth in dollars; one connection, median of {ROUNDS} with "
        "smallest and largest."
    )
    head = [MARK, "", said, ""]
    return "\n".join([*head, "| Work | median | spread |", "|---|---|---|", *(f.line() for f in figures), ""])
