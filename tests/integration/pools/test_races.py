"""Many at once on real connections: one winner and no more, limits never exceeded, no double in history."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa

from banyan.db.database import Database
from banyan.db.statements import run
from banyan.kernel.errors import BanyanError
from banyan.pools import requests
from banyan.pools.limits import lock_people
from banyan.pools.tables import pool_tables
from factories.api import MAIN_SCHEMA, Api, unique

pytestmark = pytest.mark.anyio
CLAIMERS = 200
CONNECTIONS = 60  # as many as the server of the tests gives to one who asks


async def test_of_many_claimers_one_wins_and_the_others_hear_who(api: Api, pools, targets):
    people = [await api.administrator.create("user", name=f"Claimer {each}") for each in range(CLAIMERS)]
    pool = await pools.make()
    await pools.change(pool, members=["everyone"])
    (key,) = await pools.fill(pool, 1)
    someone = await api.person()
    base = await pools.session(someone)
    stored = await pools.stored(base, pool)
    gate = asyncio.Event()
    database = await Database.open(targets, min_size=CONNECTIONS, max_size=CONNECTIONS, pool_wait_s=60)

    async def claim(person: str) -> tuple[str, BanyanError | None]:
        session = replace(base, actor=replace(base.actor, user_id=UUID(person)))
        await gate.wait()
        async with database.transaction() as connection:
            (found,) = await requests.claim(connection, session, api.runtime.bus, stored, [UUID(key)])
            return person, found.error

    waiting = [asyncio.create_task(claim(each["id"])) for each in people]
    gate.set()
    try:
        outcomes = await asyncio.gather(*waiting)
    finally:
        await database.close()
    winners = [person for person, error in outcomes if error is None]
    assert len(winners) == 1
    name = next(each["name"] for each in people if each["id"] == winners[0])
    lost = [error for _, error in outcomes if error is not None]
    assert {(error.code, error.params["winner"]) for error in lost} == {("already_claimed", name)}
    period = pool_tables(MAIN_SCHEMA).period.c
    async with api.runtime.database.reader() as connection:
        asked = sa.select(period.user_id).where(period.record_id == UUID(key))
        rows = await (await run(connection, asked)).fetchall()
    assert [str(row[0]) for row in rows] == winners


async def test_a_person_never_gets_over_a_limit_however_they_hurry(api: Api, pools):
    hasty, rival = await api.person(), await api.person()
    pool = await pools.make(hasty, rival, limits={"claims_per_day": 7, "held": 5, "claims_per_batch": 4})
    ids = await pools.fill(pool, 24)
    path = f"/pools/{pool['id']}"

    async def claim(person, keys):
        return await person.call("POST", f"{path}/claim", json={"ids": keys})

    async def assign(keys):
        body = {"ids": keys, "to": hasty.id}
        return await api.administrator.call("POST", f"{path}/assign", json=body)

    calls = [claim(hasty, ids[each : each + 3]) for each in range(0, 24, 3)]
    calls += [claim(rival, list(reversed(ids[each : each + 4]))) for each in range(0, 24, 4)]
    calls += [assign([ids[each]]) for each in range(0, 24, 5)]
    answers = await asyncio.gather(*calls)
    assert {answer.status_code for answer in answers} <= {200, 409}
    count = {"where": {"field": "owner", "op": "eq", "value": "me"}, "count": "exact", "limit": 1}
    assert [(await each.page("lead", **count))["count"]["value"] for each in (hasty, rival)] == [5, 5]
    codes = Counter(
        result["error"]["code"]
        for answer in answers
        if answer.status_code == 200
        for result in answer.json()["results"]
        if result["status"] == "error"
    )
    assert codes["claim_held_limit"] > 0


async def test_the_same_claim_sent_twice_is_one(api: Api, pools):
    seller = await api.person()
    pool = await pools.make(seller)
    (key,) = await pools.fill(pool, 1)
    options = {"json": {"ids": [key]}, "headers": {"idempotency-key": f"claim-{key}"}}
    both = await asyncio.gather(
        *(seller.call("POST", f"/pools/{pool['id']}/claim", **options) for _ in range(2))
    )
    assert [each.status_code for each in both] == [200, 200]
    assert both[0].json() == both[1].json()
    assert len((await seller.ok("GET", f"/records/lead/{key}/owners"))["owners"]) == 1


async def test_a_pass_waits_for_nobody_who_claims_while_it_holds_rows(api: Api, pools):
    """Who claims holds their turn and waits for rows; a pass that held rows and waited for a turn would be a circle."""
    head = await api.person()
    territory = await api.administrator.create("territory", name=unique("T"), manager=head.id)
    assignment = {"on": True, "rules": [{"territory_head": True}]}
    pool = await pools.make(head, assignment=assignment)
    (lead,) = await pools.fill(pool, 1, territory=territory["id"])
    now = datetime.now(UTC)
    async with api.runtime.database.transaction() as connection:
        await lock_people(connection, [UUID(head.id)])
        await asyncio.wait_for(pools.pass_at(now), 30)
        assert (await api.administrator.ok("GET", f"/records/lead/{lead}"))["owner"] is None
    await pools.pass_at(now)
    assert (await api.administrator.ok("GET", f"/records/lead/{lead}"))["owner"]["id"] == head.id
