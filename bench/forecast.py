"""What forecasts cost: a snapshot of every deal, the sheet, what changed, and rules over every record."""

import random
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

from psycopg import sql

from banyan.kernel.ids import new_id
from banyan.metadata.catalog import Object
from banyan.metadata.changes import ddl
from banyan.metadata.store import load_catalog
from banyan.records.bulk import copy_records, tidy
from banyan.workspaces import load
from bench.server import Running

MARK = "## Forecast"
ROUNDS, PART, DAYS, OK = 5, 100_000, 730, 300
_STAGES = ("prospecting", "engaging", "proposal", "negotiation", "won", "lost")
_CATEGORIES = ("commit", "best", "pipeline")


@dataclass(frozen=True)
class Figure:
    name: str
    seconds: Sequence[float]

    def line(self) -> str:
        low, high = min(self.seconds) * 1000, max(self.seconds) * 1000
        return f"| {self.name} | {statistics.median(self.seconds) * 1000:,.0f} ms | {low:,.0f}–{high:,.0f} |"


async def _fill(place: Running, rows: int) -> None:
    """Deals of everybody over two years, one in eight of them in any one quarter."""
    client = place.client()
    people: list[UUID] = []
    cursor = None
    while True:
        ask = {"select": ["name"], "limit": 1000, "cursor": cursor, "sort": [{"field": "name"}]}
        found = (await client.call("POST", "/records/user/query", ask)).json()
        people += [UUID(item["id"]) for item in found["records"]]
        cursor = found["next_cursor"]
        if cursor is None:
            break
    client.close()
    async with place.database.reader() as connection:
        deal = (await load_catalog(connection, (await load(connection)).schema)).object("opportunity")
    names = ("id", "name", "owner", "stage", "close_date", "forecast_category", "probability")
    columns = [*(deal.by_name[name].physical() for name in names)]
    columns += [deal.by_name["amount"].physical(suffix) for suffix in ("", "__cur")]
    async with place.database.schema_change() as connection:
        await connection.execute(ddl.drop_index(deal, ddl.search_index_name(deal)))
    made = _deals(rows, people)
    while part := list(islice(made, PART)):
        async with place.database.transaction() as connection:
            await copy_records(connection, deal, columns, part)
    async with place.database.schema_change() as connection:
        for statement in ddl.search_index(deal):
            await connection.execute(statement)
    await _stamp(place, deal)
    await tidy(place.database, deal)


def _deals(rows: int, people: Sequence[UUID]) -> Any:
    dice = random.Random(42)
    first = date(2026, 1, 1)
    for index in range(rows):
        yield [
            new_id(),
            f"Deal {index}",
            people[index % len(people)],
            dice.choice(_STAGES),
            first + timedelta(days=dice.randrange(DAYS)),
            dice.choice(_CATEGORIES),
            dice.randrange(0, 101),
            dice.randrange(100, 1_000_000),
            "CNY",
        ]


async def _stamp(place: Running, deal: Object) -> None:
    """The department of each owner, by which rights narrow."""
    async with place.database.transaction() as connection:
        await connection.execute(
            sql.SQL(
                "UPDATE {} r SET department_id = u.f_department FROM {} u WHERE u.id = r.owner_id"
            ).format(sql.Identifier(deal.schema, deal.table_name), sql.Identifier(deal.schema, "r_user"))
        )


async def _rounds(work: Callable[[], Awaitable[Any]], count: int = ROUNDS) -> list[float]:
    taken = []
    for _ in range(count):
        begin = time.perf_counter()
        answer = await work()
        taken.append(time.perf_counter() - begin)
        if answer.status >= OK:
            raise RuntimeError(f"{answer.status}: {answer.body[:300]!r}")
    return taken


async def measure_forecast(place: Running, rows: int) -> list[Figure]:
    await _fill(place, rows)
    admin, head, member = (place.client(token) for token in (None, place.head, place.member))
    found: list[Figure] = []

    async def note(name: str, work: Callable[[], Awaitable[Any]], count: int = ROUNDS) -> None:
        found.append(Figure(name, await _rounds(work, count)))
        print(found[-1].line(), flush=True)

    await note(f"a snapshot of {rows:,} deals", lambda: admin.call("POST", "/forecasts/snapshots"), 3)
    taken = (await admin.call("GET", "/forecasts/snapshots")).json()["snapshots"]
    async with place.database.transaction() as connection:
        schema = (await load(connection)).schema
        await connection.execute(
            sql.SQL("UPDATE {} SET f_close_date = f_close_date + 40 WHERE f_amount % 20 = 0").format(
                sql.Identifier(schema, "r_opportunity")
            )
        )
        await connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(schema, "forecast_row")))
    sheet, period = "/forecasts?period=2026-Q4", "&period=2026-Q4"
    changes = f"/forecasts/changes?from={taken[0]['id']}{period}"
    between = f"/forecasts/changes?from={taken[-1]['id']}&to={taken[0]['id']}{period}"
    for who, client in (("their own", member), ("five departments of 400", head), ("everything", admin)):
        await note(f"the sheet of a quarter, {who}", partial(client.call, "GET", sheet))
        await note(f"a snapshot and now, {who}", partial(client.call, "GET", changes))
    await note("two snapshots, everything", lambda: admin.call("GET", between))
    for client in (admin, head, member):
        client.close()
    # Connections that waited for the long ones have been closed by the server.
    admin, member = place.client(), place.client(place.member)
    await note("completeness by owner, everything", partial(admin.call, "GET", "/completeness/opportunity"))
    admin.close()
    await note("mine", partial(member.call, "GET", "/forecasts/mine?period=2026-Q4"))
    member.close()
    return found


def section(figures: Sequence[Figure], rows: int) -> str:
    """The part of the report, under its own heading."""
    said = (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} over HTTP with {rows:,} deals of 5,000 people, an eighth of them in "
        f"the quarter; one connection, median of {ROUNDS} with smallest and largest."
    )
    head = [MARK, "", said, ""]
    return "\n".join([*head, "| Work | median | spread |", "|---|---|---|", *(f.line() for f in figures), ""])
