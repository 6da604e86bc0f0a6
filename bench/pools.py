"""What pools cost: two hundred claimers of one lead, in the database and over HTTP; a recycle pass over a million."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from banyan.access.facade import load_policy
from banyan.events import EventBus, SubscriberRegistry
from banyan.identity.sessions import open_session
from banyan.jobs import MemoryJobQueue
from banyan.kernel.actor import Actor, Origin
from banyan.kernel.ids import new_id
from banyan.metadata.catalog import Catalog, Object
from banyan.metadata.changes import ddl
from banyan.metadata.store import load_catalog
from banyan.pools import requests
from banyan.pools.passes import Passes
from banyan.pools.store import Pool, read_pool
from banyan.records.bulk import copy_records, tidy
from banyan.records.session import Session
from banyan.workspaces import load
from bench.bare import record
from bench.server import Running

MARK = "## Pools"
CLAIMERS, ROUNDS, PART = 200, 5, 100_000
CONNECTIONS = 80  # of the claimers in the database: nearly all that the server gives; the rest wait for one
_BUS = EventBus(SubscriberRegistry(), MemoryJobQueue())


@dataclass(frozen=True)
class Figure:
    name: str
    value: str
    bound: str = ""

    def line(self) -> str:
        return f"| {self.name} | {self.value} | {self.bound} |"


class Hall:
    """One pool that everybody belongs to, and everything it takes to claim from it."""

    def __init__(self, place: Running, catalog: Catalog, session: Session, pool: Pool) -> None:
        self.place = place
        self.catalog = catalog
        self.session = session
        self.pool = pool
        self.lead: Object = catalog.object("lead")

    @classmethod
    async def open(cls, place: Running) -> "Hall":
        client = place.client()
        rules = [
            {"key": "idle", "kind": "not_followed", "days": 30, "warn_days": 0},
            {"key": "cold", "kind": "not_contacted", "days": 7, "warn_days": 0},
        ]
        settings = {"members": ["everyone"], "managers": [f"user:{place.administrator_id}"], "recycle": rules}
        made = await client.call("POST", "/pools", {"name": "Bench", "settings": settings})
        client.close()
        async with place.database.reader() as connection:
            space = await load(connection)
            catalog = await load_catalog(connection, space.schema)
            actor = Actor(place.administrator_id, space.schema)
            session = Session(actor, await load_policy(connection, actor), catalog, space.currency)
            pool = await read_pool(connection, session, UUID(made.json()["id"]))
        return cls(place, catalog, session, pool)

    async def fill(self, rows: int, owners: Sequence[UUID], due: float) -> None:
        """Owned leads of the pool, their periods too; of the share `due` the time is over."""
        lead, now = self.lead, datetime.now(UTC)
        columns = [
            lead.by_name[name].physical()
            for name in (
                "id",
                "name",
                "owner",
                "pool",
                "claimed_at",
                "last_followed_at",
                "first_contacted_at",
            )
        ]
        async with self.place.database.schema_change() as connection:
            await connection.execute(ddl.drop_index(lead, ddl.search_index_name(lead)))
        every = iter(range(rows))
        while part := list(islice(every, PART)):
            made = []
            for index in part:
                past = index % 1000 < due * 1000
                claimed = now - timedelta(days=60 if past else 1)
                made.append(
                    [
                        new_id(),
                        f"Lead {index}",
                        owners[index % len(owners)],
                        self.pool.id,
                        claimed,
                        claimed,
                        claimed,
                    ]
                )
            async with self.place.database.transaction() as connection:
                await copy_records(connection, lead, columns, made)
        async with self.place.database.schema_change() as connection:
            for statement in ddl.search_index(lead):
                await connection.execute(statement)
            await connection.execute(
                sql.SQL(
                    "INSERT INTO {} (object_id, record_id, user_id, pool_id, from_at, began) "
                    "SELECT %s, id, owner_id, {}, {}, 'claimed' FROM {} WHERE owner_id IS NOT NULL "
                    "ON CONFLICT DO NOTHING"
                ).format(
                    sql.Identifier(lead.schema, "owner_period"),
                    sql.Identifier(lead.by_name["pool"].physical()),
                    sql.Identifier(lead.by_name["claimed_at"].physical()),
                    sql.Identifier(lead.schema, lead.table_name),
                ),
                [lead.id],
            )
        await tidy(self.place.database, lead)

    async def waiting(self, count: int) -> list[UUID]:
        """Fresh leads that nobody owns."""
        columns = [self.lead.by_name[name].physical() for name in ("id", "name", "pool", "pooled_at")]
        rows = [[new_id(), f"Waiting {each}", self.pool.id, datetime.now(UTC)] for each in range(count)]
        async with self.place.database.transaction() as connection:
            await copy_records(connection, self.lead, columns, rows)
        return [row[0] for row in rows]


async def _people(place: Running, count: int) -> list[UUID]:
    client = place.client()
    asked = {"select": ["name"], "limit": count, "sort": [{"field": "name"}]}
    found = (await client.call("POST", "/records/user/query", asked)).json()["records"]
    client.close()
    return [UUID(each["id"]) for each in found]


def _p99(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)] * 1000


class _Claimer:
    """A connection that sends a claim's own statements in one go: what is measured is the database, not the driver."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self._connection = connection

    @classmethod
    async def open(cls, place: Running) -> "_Claimer":
        target = place.targets.app
        return cls(await psycopg.AsyncConnection.connect(target, autocommit=True, prepare_threshold=1))

    async def claim(self, statements: list[tuple[str, Any]]) -> float:
        """Seconds from BEGIN to the end of COMMIT."""
        begin = time.perf_counter()
        async with self._connection.pipeline():
            await self._connection.execute("BEGIN", prepare=False)
            for text, params in statements:
                await self._connection.execute(text, params)
            await self._connection.execute("COMMIT", prepare=False)
        return time.perf_counter() - begin

    async def close(self) -> None:
        await self._connection.close()


async def _statements(hall: Hall, person: UUID, key: UUID) -> list[tuple[str, Any]]:
    """What a claim that wins executes; who loses finds nothing to write with the same statements."""
    session = replace(hall.session, actor=replace(hall.session.actor, user_id=person))

    async def work(connection: Any) -> None:
        await requests.claim(connection, session, _BUS, hall.pool, [key])

    return await record(hall.place.database, work)


def _as_another(value: Any, instead: dict[UUID, UUID]) -> Any:
    if isinstance(value, UUID):
        return instead.get(value, value)
    if isinstance(value, str):
        for old, new in instead.items():
            value = value.replace(str(old), str(new))
        return value
    if isinstance(value, dict):
        return {name: _as_another(each, instead) for name, each in value.items()}
    return [_as_another(each, instead) for each in value] if isinstance(value, list) else value


async def _claim_in_database(
    hall: Hall, claimers: list[_Claimer], people: list[UUID], model: tuple[UUID, UUID, list[tuple[str, Any]]]
) -> list[float]:
    """All at once for one lead, on as many connections as the server gives."""
    (key,) = await hall.waiting(1)
    free: asyncio.Queue[_Claimer] = asyncio.Queue()
    for each in claimers:
        free.put_nowait(each)
    person, old, statements = model
    gate, spent = asyncio.Event(), list[float]()
    theirs = [
        [(text, _as_another(params, {person: each, old: key})) for text, params in statements]
        for each in people
    ]

    async def claim(mine: list[tuple[str, Any]]) -> None:
        await gate.wait()
        claimer = await free.get()
        spent.append(await claimer.claim(mine))
        free.put_nowait(claimer)

    waiting = [asyncio.create_task(claim(each)) for each in theirs]
    gate.set()
    await asyncio.gather(*waiting)
    return spent


async def _claim_over_http(hall: Hall, tokens: list[str]) -> list[float]:
    (key,) = await hall.waiting(1)
    clients = [hall.place.client(token) for token in tokens]
    path, spent, won = f"/pools/{hall.pool.id}/claim", list[float](), 0
    await asyncio.gather(*(client.call("GET", "/pools") for client in clients))
    gate = asyncio.Event()

    async def claim(client: Any) -> None:
        nonlocal won
        raw = client.request("POST", path, {"ids": [str(key)]})
        await gate.wait()
        begin = time.perf_counter()
        answer = await client.send(raw)
        spent.append(time.perf_counter() - begin)
        won += answer.status == 200  # noqa: PLR2004 - HTTP

    waiting = [asyncio.create_task(claim(client)) for client in clients]
    gate.set()
    await asyncio.gather(*waiting)
    for client in clients:
        client.close()
    if won != 1:
        raise RuntimeError(f"{won} winners")
    return spent


async def _recycle(hall: Hall, person: UUID) -> tuple[float, int, list[float]]:
    """Seconds of the pass, how many went back, and the claims made meanwhile."""
    session = replace(hall.session, actor=replace(hall.session.actor, user_id=person))
    ids = await hall.waiting(20_000)
    claims: list[float] = []
    over = asyncio.Event()

    async def claiming() -> None:
        for key in ids:
            if over.is_set():
                return
            begin = time.perf_counter()
            async with hall.place.database.transaction() as connection:
                await requests.claim(connection, session, _BUS, hall.pool, [key])
            claims.append(time.perf_counter() - begin)
            await asyncio.sleep(0.02)

    beside = asyncio.create_task(claiming())
    passes = Passes(hall.place.database, _BUS)
    async with hall.place.database.reader() as connection:
        own = replace(await passes._session(connection, hall.catalog.schema), now=datetime.now(UTC))  # noqa: SLF001
    begin = time.perf_counter()
    count = sum([await passes.recycle_by(own, hall.pool, rule) for rule in hall.pool.settings.active_rules])
    seconds = time.perf_counter() - begin
    over.set()
    await beside
    return seconds, count, claims


async def measure_pools(place: Running, rows: int) -> list[Figure]:
    hall = await Hall.open(place)
    people = await _people(place, CLAIMERS)
    found: list[Figure] = []
    (key,) = await hall.waiting(1)
    model = (people[0], key, await _statements(hall, people[0], key))
    claimers = [await _Claimer.open(place) for _ in range(CONNECTIONS)]
    for _ in range(2):  # statements are prepared
        await _claim_in_database(hall, claimers, people, model)
    rounds = [_p99(await _claim_in_database(hall, claimers, people, model)) for _ in range(ROUNDS)]
    for claimer in claimers:
        await claimer.close()
    found.append(
        Figure(f"{CLAIMERS} claimers of one lead, in the database, p99", _spread(rounds, "ms"), "150 ms")
    )
    print(found[-1].line(), flush=True)
    async with place.database.transaction() as connection:
        opened = [
            await open_session(connection, hall.catalog.schema, "main", person, Origin(), "password")
            for person in people
        ]
    tokens = [each.token for each in opened]
    rounds = [_p99(await _claim_over_http(hall, tokens)) for _ in range(ROUNDS)]
    found.append(
        Figure(f"{CLAIMERS} claimers of one lead, over HTTP, p99", _spread(rounds, "ms"), "1,000 ms")
    )
    print(found[-1].line(), flush=True)
    await hall.fill(rows, people, 0.05)
    seconds, count, claims = await _recycle(hall, people[0])
    found.append(
        Figure(f"recycle pass over {rows:,} leads, {count:,} of them due", f"{seconds:.1f} s", "20 s")
    )
    found.append(Figure("claims during that pass, p99", f"{_p99(claims):.0f} ms of {len(claims)} claims"))
    for each in found[-2:]:
        print(each.line(), flush=True)
    return found


def _spread(values: list[float], unit: str) -> str:
    return f"{statistics.median(values):.0f} {unit} ({min(values):.0f}–{max(values):.0f})"


def section(figures: Sequence[Figure], day: str) -> str:
    """The part of the report, under its own heading."""
    head = [MARK, "", f"Measured on {day}; {ROUNDS} rounds of claims, median with smallest and largest.", ""]
    table = ["| Work | measured | bound |", "|---|---|---|", *(each.line() for each in figures)]
    return "\n".join([*head, *table, ""])
