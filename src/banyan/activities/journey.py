"""How far it has come with a record: of each step from lead to service how many, how much, and when the last was made.

The steps are objects by API name; one that is not in the catalog, does not point at the record or is not open to the
reader is no step. Every figure is an aggregate asked with the reader's own rights.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from banyan.activities.related import points_at
from banyan.db.database import Connection
from banyan.metadata.catalog import Field, Object
from banyan.query.parsed import Measure, ParsedAggregate
from banyan.records import queries
from banyan.records.session import Session

STEPS = ("lead", "opportunity", "quote", "contract", "sales_order", "payment", "case")
MONEY = "currency"
_MADE = "created_at"


@dataclass(frozen=True)
class Step:
    """Records of `object` whose relation `via` points at the record; `amount` is what sums up."""

    object: Object
    via: Field
    amount: Field | None
    # Choices that end a record without success: it counts, its amount does not.
    stage: Field | None
    lost: tuple[str, ...]


async def read_journey(
    connection: Connection, session: Session, obj: Object, record_id: str
) -> list[dict[str, Any]]:
    """Steps in order: object, field, count, first, latest, amount, days since the step before. Raises NotFound."""
    await queries.read_record(connection, session, obj, record_id)
    steps = steps_of(session, obj)
    return _with_days([await _figures(connection, session, step, record_id) for step in steps])


def steps_of(session: Session, obj: Object) -> list[Step]:
    """The steps that there are for records of this object and this reader."""
    found = []
    for name in STEPS:
        child = session.catalog.by_name.get(name)
        if child is None or child is obj or not session.policy.allows(child.grant_key, "read"):
            continue
        links = [f for f in child.custom_fields if not f.masked and points_at(session, f, obj)]
        if links:
            via = next((link for link in links if link.api_name == obj.api_name), links[0])
            stage, lost = _lost(child)
            found.append(Step(child, via, _amount(child), stage, lost))
    return found


def _amount(child: Object) -> Field | None:
    """What the boards sum up where that is money with its currency; else a total in own currency."""
    for name in (child.definition.board_sum_field, "base_total", "amount"):
        field = child.field(name) if name else None
        if field is not None and not field.masked and field.kind.key == MONEY:
            return field
    return None


def _lost(child: Object) -> tuple[Field | None, tuple[str, ...]]:
    name = child.definition.board_field
    field = child.field(name) if name else None
    if field is None or field.masked:
        return None, ()
    choices: Sequence[Any] = getattr(field.config, "choices", ())
    return field, tuple(each.key for each in choices if getattr(each, "category", None) == "lost")


async def _figures(connection: Connection, session: Session, step: Step, record_id: str) -> dict[str, Any]:
    mine: dict[str, Any] = {"field": step.via.api_name, "op": "eq", "value": record_id}
    times = (Measure(fn="min", field=_MADE), Measure(fn="max", field=_MADE))
    count, first, latest = await _measured(connection, session, step, mine, (Measure(fn="count"), *times))
    amount = None
    if step.amount is not None and count:
        where = mine
        if step.stage is not None and step.lost:
            lost = {"field": step.stage.api_name, "op": "in", "value": list(step.lost)}
            where = {"and": [mine, {"not": lost}]}
        sums = (Measure(fn="sum", field=step.amount.api_name),)
        (amount,) = await _measured(connection, session, step, where, sums)
    return {
        "object": step.object.api_name,
        "field": step.via.api_name,
        "count": int(count),
        "first": first,
        "latest": latest,
        "amount": amount,
    }


async def _measured(
    connection: Connection,
    session: Session,
    step: Step,
    where: Mapping[str, Any],
    measures: tuple[Measure, ...],
) -> list[Any]:
    query = ParsedAggregate(where=dict(where), measures=measures)
    answer = orjson.loads(await queries.aggregate(connection, session, step.object, query))
    groups = answer["groups"]
    values: list[Any] = groups[0]["values"] if groups else [0, None, None][: len(measures)]
    return values


def _with_days(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Days from the first record of the step before that has any to the first of this one."""
    before: datetime | None = None
    for step in steps:
        first = None if step["first"] is None else datetime.fromisoformat(step["first"])
        step["days"] = None if first is None or before is None or first < before else (first - before).days
        before = first or before
    return steps
