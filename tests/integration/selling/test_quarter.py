"""A quarter of a sales team on real leads: assigned, claimed side by side, called, given back, recycled, converted.

The clock goes as it is told, the connections are real. Afterwards every invariant is asked of the database itself.
"""

import asyncio
import csv
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
import psycopg
import pytest

from banyan import app
from banyan.extension.writes import CHECKS, HOOKS
from banyan.kernel.errors import Conflict
from banyan.kernel.settings import TIMEZONE
from banyan.pipelines.conversion import Converting, Part, Wish, require_lead
from banyan.pools import administering, moves, requests
from banyan.pools.passes import Passes
from banyan.pools.reading import within
from banyan.pools.settings import Settings
from banyan.pools.store import Pool, read_pool
from banyan.query.parsed import ParsedQuery, Sort
from banyan.records import queries
from banyan.records.commands import Commands
from banyan.records.session import Session
from factories.house import House

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

LEADS = Path(__file__).resolve().parents[4] / "shared" / "data" / "leads"
SELLERS, STEPS, DAYS_A_STEP = 12, 18, 5
A_DAY, HELD, COOLING_H = 25, 80, 240
START = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)  # ten in the morning in Shanghai
ORIGINS = {
    "organic_search": "search", "paid_search": "advertising", "social": "social", "email": "other",
    "referral": "referral", "direct_traffic": "website", "display": "advertising",
}  # fmt: skip


def real_leads() -> list[tuple[str, str, bool]]:
    """Id, source and whether the lead became a customer, in the order in which they came."""
    with (LEADS / "olist_closed_deals_dataset.csv").open(encoding="utf-8") as file:
        won = {row["mql_id"] for row in csv.DictReader(file)}
    with (LEADS / "olist_marketing_qualified_leads_dataset.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    rows.sort(key=lambda row: (datetime.strptime(row["first_contact_date"], "%d-%m-%Y"), row["mql_id"]))  # noqa: DTZ007 - days
    return [(row["mql_id"], ORIGINS.get(row["origin"], "other"), row["mql_id"] in won) for row in rows]


@dataclass
class Quarter:
    """The team, its pool, and how often what happened."""

    house: House
    manager: Session
    sellers: list[Session]
    pool_id: UUID
    happened: Counter[str] = field(default_factory=Counter)
    customers: set[str] = field(default_factory=set)
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - a simulation

    async def pool(self, session: Session) -> Pool:
        async with self.house.database.reader() as connection:
            return await read_pool(connection, session, self.pool_id)

    async def come(self, leads: list[tuple[str, str, bool]], now: datetime) -> None:
        """New leads without an owner: the pool lets them in."""
        house = replace(self.manager, now=now)
        rows = [
            {"name": key, "company": f"Shop {key}", "source": source, "owner": None}
            for key, source, _ in leads
        ]
        self.customers |= {key for key, _, won in leads if won}
        async with self.house.database.transaction() as connection:
            commands = Commands(connection, house, self.house.bus)
            await commands.create(house.catalog.object("lead"), rows, [""] * len(rows))
        self.happened["came"] += len(rows)

    async def all_at_once(self, do: Callable[[Session], Awaitable[None]], now: datetime) -> None:
        await asyncio.gather(*(do(replace(seller, now=now)) for seller in self.sellers))

    async def claim(self, seller: Session) -> None:
        """Everybody looks at the same top of the pool, and takes of it what they like: most clash with somebody."""
        pool = await self.pool(seller)
        own, obj = within(seller, pool)
        query = ParsedQuery(select=("name",), sort=(Sort(field="pooled_at"),), limit=80)
        async with self.house.database.reader() as connection:
            page = orjson.loads((await queries.query_page(connection, own, obj, query)).rows)
        wanted = self.chance.sample(page, min(A_DAY, len(page)))
        if not wanted:
            return
        try:
            async with self.house.database.transaction() as connection:
                ids = [UUID(row["id"]) for row in wanted]
                outcomes = await requests.claim(connection, seller, self.house.bus, pool, ids)
        except Conflict as error:
            self.happened[f"refused: {error.code}"] += 1
            return
        for outcome in outcomes:
            self.happened["claimed" if outcome.error is None else f"refused: {outcome.error.code}"] += 1

    async def mine(self, seller: Session, *where: dict[str, Any], limit: int = 200) -> list[dict[str, Any]]:
        owned = {"field": "owner", "op": "eq", "value": "me"}
        open_ = {"field": "status", "op": "ne", "value": "converted"}
        query = ParsedQuery(select=("name",), where={"and": [owned, open_, *where]}, limit=limit)
        async with self.house.database.reader() as connection:
            page = await queries.query_page(connection, seller, seller.catalog.object("lead"), query)
        found: list[dict[str, Any]] = orjson.loads(page.rows)
        return found

    async def call(self, seller: Session) -> None:
        """Two thirds of what was never contacted, and a few of the others, are called."""
        fresh = await self.mine(seller, {"field": "first_contacted_at", "op": "is_empty"})
        old = await self.mine(seller, {"field": "first_contacted_at", "op": "is_not_empty"})
        called = [each for each in fresh if self.chance.random() < 0.66]
        called += self.chance.sample(old, len(old) // 8)
        rows = [
            {
                "title": "Call",
                "kind": "call",
                "happened_at": seller.context.now.isoformat(),
                "lead": each["id"],
            }
            for each in called
        ]
        if not rows:
            return
        async with self.house.database.transaction() as connection:
            commands = Commands(connection, seller, self.house.bus)
            await commands.create(seller.catalog.object("activity"), rows, [""] * len(rows))
        self.happened["called"] += len(rows)

    async def give_back(self, seller: Session) -> None:
        held = await self.mine(seller, limit=3)
        if len(held) < 3:
            return
        async with self.house.database.transaction() as connection:
            ids = [UUID(held[0]["id"])]
            await moves.release(connection, seller, self.house.bus, "lead", ids, "No answer", None)
        self.happened["given back"] += 1

    async def convert(self, seller: Session) -> None:
        """Those who became customers, once contacted; now and then twice at the same moment."""
        contacted = await self.mine(seller, {"field": "first_contacted_at", "op": "is_not_empty"})
        for lead in (each for each in contacted if each["name"] in self.customers):
            twice = self.chance.random() < 0.1
            done = await asyncio.gather(*(self._convert(seller, lead) for _ in range(1 + twice)))
            assert done.count(True) == 1, done
            self.happened["converted"] += 1
            self.happened["refused: already_converted"] += len(done) - 1

    async def _convert(self, seller: Session, lead: dict[str, Any]) -> bool:
        account = Part(values={"name": f"Shop {lead['name']}"})
        deal = Part(values={"name": f"First order {lead['name']}"})
        try:
            async with self.house.database.transaction() as connection:
                converting = Converting(
                    connection, seller, self.house.bus, require_lead(seller), UUID(lead["id"])
                )
                await converting.run(Wish(account=account, opportunity=deal))
        except Conflict as error:
            if error.code != "already_converted":
                raise
            return False
        return True


@pytest.fixture
async def quarter(house: House, monkeypatch: pytest.MonkeyPatch) -> Quarter:
    """A team of twelve with one pool: some sources are assigned, the rest is claimed; two rules recycle."""
    monkeypatch.setattr(HOOKS, "by_object", {})
    monkeypatch.setattr(CHECKS, "by_object", {})
    app.register_hooks(house.bus)
    manager = await house.session(await house.administrator())
    people = [await house.person(f"Seller {index}") for index in range(SELLERS)]
    sellers = [await house.session(person) for person in people]
    ids = [str(person.user_id) for person in people]
    settings = Settings.model_validate(
        {
            "managers": [f"user:{manager.actor.user_id}"],
            "members": [f"user:{each}" for each in ids],
            "intake": True,
            "limits": {
                "claims_per_day": A_DAY,
                "claims_per_batch": A_DAY,
                "held": HELD,
                "cooling_hours": COOLING_H,
            },
            "assignment": {
                "on": True,
                "method": "weighted",
                "rules": [
                    {
                        "where": {"field": "source", "op": "in", "value": ["referral", "advertising"]},
                        "people": [
                            {"person": each, "weight": 1 + index % 3} for index, each in enumerate(ids)
                        ],
                    }
                ],
            },
            "recycle": [
                {"key": "cold", "kind": "not_contacted", "days": 5},
                {"key": "idle", "kind": "not_followed", "days": 12},
            ],
        }
    )
    async with house.database.transaction() as connection:
        values = {"name": "Online leads", "applies_to": "lead"}
        pool_id = await administering.create_pool(
            connection, replace(manager, now=START), house.bus, values, settings
        )
    return Quarter(house, manager, sellers, pool_id)


@pytest.mark.skipif(not LEADS.is_dir(), reason="the real leads are not at hand")
async def test_no_lead_is_lost_owned_twice_or_taken_beyond_a_limit(quarter: Quarter, targets: Any):
    leads = real_leads()
    assert (len(leads), sum(won for *_, won in leads)) == (8_000, 842)
    house = quarter.house
    passes = Passes(house.database, house.bus)
    a_step = -(-len(leads) // STEPS)
    for step in range(STEPS + 3):  # Three more without new ones, so that what lies idle goes back.
        now = START + timedelta(days=DAYS_A_STEP * step)
        if come := leads[step * a_step : (step + 1) * a_step]:
            await quarter.come(come, now)
        await passes.work(house.schema, now + timedelta(minutes=5))
        await quarter.all_at_once(quarter.claim, now + timedelta(minutes=10))
        # The worker's pass runs beside those who claim.
        claims = quarter.all_at_once(quarter.claim, now + timedelta(minutes=20))
        await asyncio.gather(claims, passes.work(house.schema, now + timedelta(minutes=20)))
        await quarter.all_at_once(quarter.call, now + timedelta(hours=2))
        await quarter.all_at_once(quarter.give_back, now + timedelta(hours=3))
        await quarter.all_at_once(quarter.convert, now + timedelta(hours=4))
    facts = dict(sorted(quarter.happened.items()))
    with psycopg.connect(targets.owner) as connection:
        connection.execute(f"SET search_path = {house.schema}")
        recycled = _one(connection, "SELECT coalesce(sum(count), 0) FROM pool_run WHERE kind = 'recycle'")
        assigned = _one(connection, "SELECT count(*) FROM owner_period WHERE began = 'automatic'")
        print(f"\n{facts | {'recycled': recycled, 'assigned': assigned}}")  # noqa: T201 - the figures
        _nothing_lost(connection, len(leads), quarter.happened["converted"])
        _periods_are_whole(connection)
        _limits_were_kept(connection, quarter)
    for what in (
        "claimed",
        "refused: already_claimed",
        "refused: claim_held_limit",
        "called",
        "given back",
        "converted",
    ):
        assert quarter.happened[what] > 0, facts
    assert min(recycled, assigned) > 0


def _one(connection: psycopg.Connection, query: str) -> Any:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def _nothing_lost(connection: psycopg.Connection, count: int, converted: int) -> None:
    live = "FROM r_lead WHERE deleted_at IS NULL"
    assert _one(connection, f"SELECT count(*) {live}") == count
    assert _one(connection, f"SELECT count(*) {live} AND owner_id IS NULL AND f_pool IS NULL") == 0
    assert _one(connection, f"SELECT count(*) {live} AND f_status = 'converted'") == converted
    made = "FROM r_account WHERE f_name LIKE 'Shop %'"
    assert _one(connection, f"SELECT count(*) {made}") == converted
    assert _one(connection, f"SELECT count(DISTINCT f_name) {made}") == converted
    undone = f"{live} AND (f_status = 'converted') IS DISTINCT FROM (f_converted_account IS NOT NULL)"
    assert _one(connection, f"SELECT count(*) {undone}") == 0


def _periods_are_whole(connection: psycopg.Connection) -> None:
    """The open period names the owner; periods of a lead follow one another; each has its beginning in history."""
    apart = (
        "SELECT count(*) FROM r_lead l LEFT JOIN owner_period p ON p.record_id = l.id AND p.until_at IS NULL "
        "WHERE l.owner_id IS DISTINCT FROM p.user_id"
    )
    assert _one(connection, apart) == 0
    overlapping = (
        "SELECT count(*) FROM (SELECT from_at, until_at, lag(until_at) OVER w AS before, "
        "lead(from_at) OVER w AS next FROM owner_period "
        "WINDOW w AS (PARTITION BY record_id ORDER BY from_at, until_at NULLS LAST)) p "
        "WHERE before > from_at OR until_at < from_at OR (until_at IS NULL AND next IS NOT NULL)"
    )
    assert _one(connection, overlapping) == 0
    told = (
        "SELECT count(*) FROM (SELECT record_id, count(*) AS periods FROM owner_period GROUP BY 1) p "
        "JOIN (SELECT record_id, count(*) FILTER (WHERE changes -> 'owner_id' ->> 1 IS NOT NULL) AS owners "
        "FROM record_history GROUP BY 1) h USING (record_id) JOIN r_lead l ON l.id = record_id "
        "WHERE p.periods <> h.owners"
    )
    assert _one(connection, told) == 0


def _limits_were_kept(connection: psycopg.Connection, quarter: Quarter) -> None:
    rows = connection.execute(
        "SELECT p.user_id, p.record_id, p.from_at, p.until_at, p.began, l.f_converted_at FROM owner_period p "
        "JOIN r_lead l ON l.id = p.record_id ORDER BY p.from_at"
    ).fetchall()
    zone = ZoneInfo(TIMEZONE)
    days = Counter((row[0], row[2].astimezone(zone).date()) for row in rows if row[4] == "claimed")
    assert max(days.values()) == A_DAY  # reached, and never passed
    moments: dict[UUID, list[tuple[datetime, int]]] = defaultdict(list)
    before: dict[tuple[UUID, UUID], datetime] = {}
    for person, record, begins, ends, began, converted in rows:
        over = min(each for each in (ends, converted, datetime.max.replace(tzinfo=UTC)) if each is not None)
        moments[person] += [(begins, 1), (over, -1)]
        last = before.get((person, record))
        assert began != "claimed" or last is None or begins - last >= timedelta(hours=COOLING_H)
        if ends is not None:
            before[person, record] = ends
    for person in (seller.actor.user_id for seller in quarter.sellers):
        held = 0
        for _, step in sorted(moments[person or UUID(int=0)]):
            held += step
            assert held <= HELD
