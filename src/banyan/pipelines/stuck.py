"""Deals that stand still: too long in their stage, or with nothing planned. With the reader's own rights."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from banyan.db.database import Connection
from banyan.kernel.errors import InvalidInput
from banyan.metadata.catalog import OWNER, Object
from banyan.metadata.states import Machine, machine_of
from banyan.query.parsed import Group, Measure, ParsedAggregate, ParsedQuery, Sort
from banyan.records import queries
from banyan.records.rot import in_pipeline, open_in, rotten
from banyan.records.session import Session
from banyan.records.stages import followers_of

MOST = 500
NEXT_STEP, LINK = "next_step", "activity.opportunity"


@dataclass(frozen=True)
class Wish:
    """Whose (None: everybody's whom the reader may see), in which pipeline, and why: `rotten`, `no_step` or either."""

    owner: str | None = None
    pipeline: str | None = None
    why: str | None = None


def require_machine(session: Session, obj: Object) -> Machine:
    """Raises InvalidInput for an object without pipelines, as for one whose stage the reader does not see."""
    machine = machine_of(session.full, session.full.by_id[obj.id])
    if machine is None or not machine.pipelines or obj.field(machine.field.api_name) is None:
        raise InvalidInput("no_pipelines", object=obj.api_name)
    return machine


async def read_stuck(connection: Connection, session: Session, obj: Object, wish: Wish) -> dict[str, Any]:
    """{items, people, now}: items with their reasons, longest in their stage first; how many and how much at whom."""
    machine, now = require_machine(session, obj), session.now or datetime.now(UTC)
    old = rotten(session.full, session.full.by_id[obj.id], now)
    idle = _without_step(session, obj)
    chosen = {"rotten": [old], "no_step": [idle]}.get(wish.why or "", [old, idle])
    where: dict[str, Any] = {"and": [open_in(machine), {"or": chosen}, *_of(machine, wish)]}
    entered = followers_of(machine).entered
    shown = _shown(obj, machine)
    sort = (Sort(field=entered.api_name),) if entered is not None and entered.api_name in shown else ()
    page = await queries.query_page(
        connection, session, obj, ParsedQuery(select=tuple(shown), where=where, sort=sort, limit=MOST)
    )
    rows = orjson.loads(page.rows)
    these = {"field": "id", "op": "in", "value": [row["id"] for row in rows]}
    late = await _ids(connection, session, obj, {"and": [these, old]}) if rows else set()
    bare = await _ids(connection, session, obj, {"and": [these, idle]}) if rows else set()
    items = [
        {
            "record": row,
            "title": row[obj.title.api_name],
            "rotten": row["id"] in late,
            "no_step": row["id"] in bare,
            **_times(machine, row, now),
        }
        for row in rows
    ]
    return {"items": items, "people": await _people(connection, session, obj, where), "now": now.isoformat()}


def _of(machine: Machine, wish: Wish) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if wish.owner is not None:
        found.append({"field": OWNER, "op": "eq", "value": wish.owner})
    if wish.pipeline is not None:
        found += in_pipeline(
            machine, next((p for p in machine.pipelines if p.key == wish.pipeline), machine.pipelines[0])
        )
    return found


def _without_step(session: Session, obj: Object) -> dict[str, Any]:
    """Nothing written as the next step, and no activity planned, as far as the reader knows of either."""
    parts: list[dict[str, Any]] = []
    step = obj.field(NEXT_STEP)
    if step is not None and not step.masked:
        parts.append({"field": NEXT_STEP, "op": "is_empty"})
    child_name, _, link_name = LINK.partition(".")
    child = session.catalog.by_name.get(child_name)
    link = None if child is None else child.field(link_name)
    names = ("happened_at", "done", "due_at")
    if (
        child is not None
        and link is not None
        and not link.masked
        and session.catalog.by_name.get(str(link.target)) is obj
        and session.policy.allows(child.grant_key, "read")
        and all(child.field(name) is not None for name in names)
    ):
        open_task = {
            "or": [{"field": "done", "op": "eq", "value": False}, {"field": "done", "op": "is_empty"}]
        }
        pending = [
            {"field": "happened_at", "op": "is_empty"},
            {"field": "due_at", "op": "is_not_empty"},
            open_task,
        ]
        parts.append({"none": {"relation": LINK, "where": {"and": pending}}})
    return {"and": parts} if parts else {"or": []}


def _shown(obj: Object, machine: Machine) -> list[str]:
    followers = followers_of(machine)
    wanted = [
        obj.title.api_name, OWNER, machine.field.api_name,
        machine.pipeline_field.api_name if machine.pipeline_field else None,
        *(each.api_name for each in (followers.amount, followers.entered, followers.close_date) if each),
        NEXT_STEP, obj.definition.subtitle_field, "account",
    ]  # fmt: skip
    return [name for name in dict.fromkeys(wanted) if name and obj.field(name) is not None]


def _times(machine: Machine, row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Days in the stage, and after how many it rots."""
    entered = followers_of(machine).entered
    since = row.get(entered.api_name) if entered is not None else None
    chooser = machine.pipeline_field
    line = row.get(chooser.api_name) if chooser is not None else None
    stage = machine.stage(line, row.get(machine.field.api_name))
    days = (now - datetime.fromisoformat(since)).days if isinstance(since, str) else None
    return {"days": days, "rot_days": None if stage is None else stage.rot_days}


async def _ids(connection: Connection, session: Session, obj: Object, where: dict[str, Any]) -> set[str]:
    page = await queries.query_page(
        connection, session, obj, ParsedQuery(select=("id",), where=where, limit=MOST)
    )
    return {row["id"] for row in orjson.loads(page.rows)}


async def _people(
    connection: Connection, session: Session, obj: Object, where: dict[str, Any]
) -> list[dict[str, Any]]:
    """How many stand still at whom, most first; with the sum where it may be read."""
    amount = obj.field(obj.definition.board_sum_field or "")
    sums = amount is not None and not amount.masked and "sum" in amount.kind.aggregates
    measures = (Measure(fn="count"), *([Measure(fn="sum", field=amount.api_name)] if sums and amount else []))
    if obj.field(OWNER) is None:
        return []
    query = ParsedAggregate(where=where, group_by=(Group(field=OWNER),), measures=measures, limit=200)
    groups = orjson.loads(await queries.aggregate(connection, session, obj, query))["groups"]
    found = [
        {
            "owner": group["key"][0],
            "count": group["values"][0],
            "amount": group["values"][1] if sums else None,
        }
        for group in groups
    ]
    return sorted(found, key=lambda each: -int(each["count"]))
