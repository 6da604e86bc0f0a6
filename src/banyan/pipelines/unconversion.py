"""Taking a conversion back: within a day, and only as long as nobody has built on what it made."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from banyan.db.statements import run
from banyan.kernel.errors import Conflict, Denied, NotFound
from banyan.metadata.catalog import Object
from banyan.metadata.states import machine_of
from banyan.pipelines.conversion import CONVERTED_AT, Converting
from banyan.pipelines.linking import ACTIVITY
from banyan.pipelines.proposal import PARTS
from banyan.pipelines.tables import pipeline_tables
from banyan.query.parsed import Measure, ParsedAggregate
from banyan.records import queries
from banyan.records.commands import Change, Commands
from banyan.records.locking import as_house, hold
from banyan.records.people import house_session
from banyan.records.reach import require_change, visible_to

WITHIN = timedelta(hours=24)


async def undo(work: Converting) -> None:
    """Raises NotFound where there is no conversion, Conflict where it is too late or something was added since."""
    await require_change(work.connection, work.session, work.lead, str(work.lead_id))
    whole = work.session.full.by_id[work.lead.id]
    await hold(work.connection, whole, work.lead_id)
    table = pipeline_tables(work.schema).conversion
    row = await (
        await run(work.connection, sa.select(table).where(table.c.lead_id == work.lead_id))
    ).fetchone()
    if row is None:
        raise NotFound("not_converted")
    if row[1] + WITHIN < work.now:
        raise Conflict("conversion_settled")
    made, linked = orjson.loads(row[4]), orjson.loads(row[5])
    await _require_right(work, row[2], made)
    await _require_untouched(work, made, linked)
    await _unlink(work, linked)
    house = house_session(work.session)
    for each in reversed(made):  # The opportunity before the account that it belongs to.
        obj = work.session.full.object(each["object"])
        await Commands(work.connection, house, work.bus).delete(obj, [Change(UUID(each["id"]), {}, 1)])
    await _reopen(work, whole, row[3])
    await run(work.connection, sa.delete(table).where(table.c.lead_id == work.lead_id))


async def _require_right(work: Converting, by: UUID | None, made: Sequence[Mapping[str, str]]) -> None:
    """What was made goes by whoever made it in person, or may delete it. Raises Denied."""
    actor = work.session.actor
    if by is not None and actor.user_id == by and actor.kind != "token":
        return
    for each in made:
        key = UUID(each["id"])
        if key not in await visible_to(work.connection, work.session, each["object"], [key], "delete"):
            raise Denied("action_denied", action="delete", object=each["object"])


async def _require_untouched(
    work: Converting, made: Sequence[Mapping[str, str]], linked: Mapping[str, Any]
) -> None:
    """What was made stands as it was made, and nothing but what was linked points at it."""
    house = house_session(work.session)
    own = {each["id"] for each in made}
    known = {*own, str(work.lead_id), *linked["activities"]}
    for each in made:
        obj = house.full.object(each["object"])
        record = orjson.loads(await queries.read_record(work.connection, house, obj, each["id"]))
        if record["version"] != 1:
            raise Conflict("conversion_built_on", name=record.get(obj.title.api_name) or "")
        for inverse in house.full.inverses(obj):
            if inverse.field.kind.key != "relation":
                continue
            others = {"field": "id", "op": "not_in", "value": sorted(known)}
            here = {"field": inverse.field.api_name, "op": "eq", "value": each["id"]}
            query = ParsedAggregate(where={"and": [here, others]}, measures=(Measure(fn="count"),))
            found = orjson.loads(await queries.aggregate(work.connection, house, inverse.object, query))
            if found["groups"] and int(found["groups"][0]["values"][0]):
                raise Conflict("conversion_built_on", name=record.get(obj.title.api_name) or "")


async def _unlink(work: Converting, linked: Mapping[str, Any]) -> None:
    house = house_session(work.session)
    comment = pipeline_tables(work.schema).comment
    ids = [UUID(key) for key in linked["comments"]]
    if ids:
        gone = sa.update(comment).where(comment.c.id.in_(ids)).values(deleted_at=work.now)
        await run(work.connection, gone)
    obj = house.full.by_name.get(ACTIVITY)
    if obj is None or not linked["activities"]:
        return
    changes = [
        Change(UUID(key), dict.fromkeys((name for name in names if obj.field(name) is not None), None))
        for key, names in linked["activities"].items()
    ]
    await Commands(work.connection, house, work.bus, house=True).update(obj, changes)


async def _reopen(work: Converting, whole: Object, status: str | None) -> None:
    machine = machine_of(work.session.full, whole)
    values: dict[str, Any] = {CONVERTED_AT: None, **{f"converted_{name}": None for name in PARTS}}
    if machine is not None:
        values[machine.field.api_name] = status
    kept = {name: value for name, value in values.items() if whole.field(name) is not None}
    async with as_house(work.connection):
        await Commands(work.connection, work.session, work.bus, house=True).update(
            whole, [Change(work.lead_id, kept)]
        )
