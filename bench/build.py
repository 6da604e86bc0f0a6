"""What building costs: a wide catalog, fifty changes at once, a field on many rows under readers, computed values."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from banyan.kernel.actor import Actor
from banyan.metadata.changes.apply import Changes, read_operations
from banyan.metadata.store import load_catalog
from banyan.workspaces import load
from bench.http import drive
from bench.server import Running

ROUNDS, OBJECTS, FIELDS, AT_ONCE = 5, 300, 100, 10
KINDS = ("text", "number", "date", "currency", "single_choice")
MARK = "## Building"
_PAGE = {"select": ["name", "price", "twice"], "limit": 80}


@dataclass(frozen=True)
class Figure:
    """Milliseconds: smallest, median and largest of the rounds."""

    name: str
    values: tuple[float, float, float]
    note: str = ""

    def line(self) -> str:
        low, middle, high = self.values
        return f"| {self.name} | {middle:,.1f} | {low:,.1f}–{high:,.1f} | {self.note} |"


def _spread(values: list[float]) -> tuple[float, float, float]:
    return min(values), statistics.median(values), max(values)


async def _timed(work: Callable[[], Awaitable[Any]], rounds: int = ROUNDS) -> tuple[float, float, float]:
    found = []
    for _ in range(rounds):
        begin = time.perf_counter()
        await work()
        found.append((time.perf_counter() - begin) * 1000)
    return _spread(found)


def _field(name: str, kind: str, config: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"api_name": name, "type": kind, "label": {"en": name}, "config": config or {}, **more}


class Builder:
    """Changes of one workspace, made as its administrator."""

    def __init__(self, place: Running, schema: str) -> None:
        self.place, self.schema = place, schema
        self.changes, self.actor = Changes(place.database), Actor(place.administrator_id, schema)

    async def change(self, *operations: dict[str, Any]) -> None:
        await self.changes.apply(self.schema, read_operations(operations), self.actor)

    async def revert_last(self) -> None:
        async with self.place.database.reader() as connection:
            query = sql.SQL("SELECT id FROM {}.meta_change ORDER BY version DESC LIMIT 1").format(
                sql.Identifier(self.schema)
            )
            row = await (await connection.execute(query)).fetchone()
        await self.changes.revert(self.schema, UUID(str(row[0])) if row else UUID(int=0), self.actor)

    def fill(self, table: str, statement: str) -> None:
        with psycopg.connect(self.place.targets.owner, autocommit=True) as connection:
            connection.execute("SET statement_timeout = 0")
            connection.execute(sql.SQL(statement).format(table=sql.Identifier(self.schema, table)))
            connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(self.schema, table)))


async def measure_building(place: Running, rows: int, seconds: float) -> list[Figure]:
    async with place.database.reader() as connection:
        space = await load(connection)
    builder = Builder(place, space.schema)
    found = await _computed(builder, seconds)
    found += await _field_on_many_rows(builder, rows)
    before = await _request(place, seconds)
    await _widen(builder)
    found += await _wide(builder, before, seconds)
    return found


async def _computed(builder: Builder, seconds: float) -> list[Figure]:
    """A formula beside a plain field of the same values, in a list; a row that is computed and rolled up."""
    await builder.change(
        {"kind": "create_object", "api_name": "b_goods", "label": {"en": "Goods"}},
        {"kind": "create_object", "api_name": "b_line", "label": {"en": "Line"}},
        {"kind": "add_field", "object": "b_goods", "field": _field("price", "number", indexed=True)},
        {
            "kind": "add_field",
            "object": "b_line",
            "field": _field("goods", "relation", {"target": "b_goods"}),
        },
        {"kind": "add_field", "object": "b_line", "field": _field("plain", "number")},
    )
    builder.fill(
        "r_b_goods",
        "INSERT INTO {table} (f_name, f_price) SELECT 'g' || n, (n::bigint * 7919) % 100003 "
        "FROM generate_series(1, 1000000) n",
    )
    formula = _field("twice", "formula", {"formula": "price * 2"}, indexed=True)
    await builder.change({"kind": "add_field", "object": "b_goods", "field": formula})
    spent = await _recalculated(builder)
    builder.fill("r_b_goods", "SELECT count(*) FROM {table}")
    found = [Figure("recalculation of a formula, 10⁶ rows", (spent * 1e3,) * 3, f"{1e6 / spent:,.0f} rows/s")]
    for name in ("price", "twice"):
        where = {"field": name, "op": "between", "value": ["1000", "5000"]}
        body = {**_PAGE, "where": where, "sort": [{"field": name, "direction": "desc"}]}
        found.append(
            Figure(
                f"list of 80 of 10⁶, filtered and sorted by {'a formula' if name == 'twice' else 'a plain field'}",
                await _asked(builder.place, "/records/b_goods/query", body, seconds),
            )
        )
    client = builder.place.client()
    goods = (await client.call("POST", "/records/b_goods/query", {"limit": 1})).json()["records"][0]["id"]
    client.close()
    body = {"name": "l", "goods": goods, "plain": "2"}
    found.append(
        Figure(
            "create a row, nothing computed", await _asked(builder.place, "/records/b_line", body, seconds)
        )
    )
    await builder.change(
        {
            "kind": "add_field",
            "object": "b_line",
            "field": _field("amount", "formula", {"formula": "plain * goods.price"}),
        },
        {
            "kind": "add_field",
            "object": "b_goods",
            "field": _field("sold", "rollup", {"relation": "b_line.goods", "function": "count"}),
        },
    )
    found.append(
        Figure(
            "create a row with a formula across a relation and a rollup above it",
            await _asked(builder.place, "/records/b_line", body, seconds),
        )
    )
    return found


async def _recalculated(builder: Builder) -> float:
    """Seconds until the server's worker has set all rows."""
    client, begin = builder.place.client(), time.perf_counter()
    while (await client.call("GET", "/metadata/recalculations")).json()["recalculations"]:
        await asyncio.sleep(0.1)
    client.close()
    return time.perf_counter() - begin


async def _asked(
    place: Running, path: str, body: dict[str, Any], seconds: float
) -> tuple[float, float, float]:
    client = place.client()

    async def work() -> None:
        answer = await client.call("POST", path, body)
        if answer.status >= 400:  # noqa: PLR2004 - HTTP
            raise RuntimeError(f"{path}: {answer.status} {answer.body[:300]!r}")

    await drive([work], seconds / 4)
    found = [(await drive([work], seconds)).p50_ms for _ in range(ROUNDS)]
    client.close()
    return _spread(found)


async def _field_on_many_rows(builder: Builder, rows: int) -> list[Figure]:
    """Readers ask for a page all the while; the longest wait of each round is theirs."""
    await builder.change(
        {"kind": "create_object", "api_name": "b_wide", "label": {"en": "Wide"}, "searchable": False}
    )
    builder.fill(
        "r_b_wide", f"INSERT INTO {{table}} (f_name) SELECT 'n' || n FROM generate_series(1, {rows}) n"
    )
    spent, longest = [], []
    for turn in range(ROUNDS):
        stop, waits = asyncio.Event(), list[float]()
        reader = asyncio.create_task(_read(builder, stop, waits))
        await asyncio.sleep(0.3)
        begin = time.perf_counter()
        given: dict[str, Any] = {"default": "x"} if turn % 2 else {}
        await builder.change(
            {"kind": "add_field", "object": "b_wide", "field": _field(f"n{turn}", "text", **given)}
        )
        spent.append((time.perf_counter() - begin) * 1000)
        await asyncio.sleep(0.3)
        stop.set()
        await reader
        longest.append(max(waits))
    name = f"{rows:,} rows"
    return [
        Figure(f"add a field (with and without a default), {name}", _spread(spent), "from asking to answer"),
        Figure("longest read of a page meanwhile", _spread(longest), "four readers without pause"),
    ]


async def _read(builder: Builder, stop: asyncio.Event, waits: list[float]) -> None:
    query = sql.SQL("SELECT id, f_name FROM {} WHERE deleted_at IS NULL ORDER BY id DESC LIMIT 80").format(
        sql.Identifier(builder.schema, "r_b_wide")
    )

    async def one() -> None:
        async with builder.place.database.reader() as connection:
            while not stop.is_set():
                begin = time.perf_counter()
                await (await connection.execute(query)).fetchall()
                waits.append((time.perf_counter() - begin) * 1000)

    await asyncio.gather(*(one() for _ in range(4)))


async def _request(place: Running, seconds: float) -> tuple[float, float, float]:
    return await _asked(
        place, "/records/account/query", {"select": ["name", "industry", "owner"], "limit": 80}, seconds
    )


async def _widen(builder: Builder) -> None:
    """300 objects of 100 fields, through the ordinary pipeline."""
    for start in range(0, OBJECTS, AT_ONCE):
        await builder.change(
            *(
                {
                    "kind": "create_object",
                    "api_name": f"w{number}",
                    "label": {"en": f"Wide {number}"},
                    "in_navigation": False,
                    "fields": [_field(f"f{n}", KINDS[n % len(KINDS)]) for n in range(FIELDS - 1)],
                }
                for number in range(start, start + AT_ONCE)
            )
        )


async def _wide(builder: Builder, before: tuple[float, float, float], seconds: float) -> list[Figure]:
    async def cold() -> None:
        async with builder.place.database.reader() as connection:
            await load_catalog(connection, builder.schema)

    async def fifty() -> None:
        await builder.change(
            *(
                {"kind": "add_field", "object": f"w{number}", "field": _field("added", "text")}
                for number in range(25)
            ),
            *(
                {
                    "kind": "update_field",
                    "object": f"w{number}",
                    "field": "f1",
                    "set": {"label": {"en": "Changed"}},
                }
                for number in range(25)
            ),
        )
        spent.append(time.perf_counter())
        await builder.revert_last()

    spent: list[float] = []
    loads = await _timed(cold)
    published = []
    for _ in range(3):
        begin = time.perf_counter()
        await fifty()
        published.append((spent.pop() - begin) * 1000)
    after = await _request(builder.place, seconds)
    return [
        Figure(f"catalog read cold, {OBJECTS} objects × {FIELDS} fields", loads),
        Figure(
            "publish of a change set of 50 in that workspace",
            _spread(published),
            "the wait for readers included",
        ),
        Figure("list of 80 accounts before the 300 objects", before),
        Figure("list of 80 accounts with them", after, f"{after[1] / before[1]:.2f} ×"),
    ]


def section(figures: list[Figure], day: str) -> str:
    """The part of the report, under its own heading."""
    head = [MARK, "", f"Measured on {day}; medians of rounds with smallest and largest, in ms.", ""]
    table = ["| Work | median ms | spread | |", "|---|---|---|---|", *(each.line() for each in figures)]
    return "\n".join([*head, *table, ""])
