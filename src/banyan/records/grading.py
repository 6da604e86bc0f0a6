"""Marks of rules on records, and how complete records are: the door to their statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from banyan.db.database import Connection
from banyan.filters.ast import conditions
from banyan.filters.document import parse_filter
from banyan.kernel.collation import fold
from banyan.metadata.catalog import Field, Object
from banyan.query import grading, writes
from banyan.query.resolved import ResolvedFilter
from banyan.records.session import Session


@dataclass(frozen=True, eq=False)
class Placing:
    """What a rule puts where, while its condition holds."""

    rule: UUID
    object: Object
    field: Field
    value: str
    condition: ResolvedFilter

    @property
    def tags(self) -> bool:
        return self.field.definition.type == "tags"


def resolve(session: Session, obj: Object, where: Mapping[str, Any]) -> ResolvedFilter:
    """A rule's condition, asked by the house of every record. Raises InvalidInput."""
    return session.resolver.unrestricted.document(session.full.by_id[obj.id], where, "/condition")


def asked_fields(obj: Object, where: Mapping[str, Any]) -> frozenset[UUID]:
    """Ids of the object's own fields that a condition speaks of."""
    paths = [each.path.partition(".")[0] for each in conditions(parse_filter(dict(where)))]
    return frozenset(field.id for path in paths if (field := obj.field(path)) is not None)


async def _ids(connection: Connection, statement: Any, binds: Mapping[str, Any]) -> set[UUID]:
    return {row[0] for row in await (await connection.execute(statement, binds)).fetchall()}


async def advance(
    connection: Connection,
    placing: Placing,
    ids: Sequence[UUID] | None,
    now: datetime,
    until: datetime | None,
) -> set[UUID]:
    """Marks that end, expire and begin; the records they are on. `ids` None: every record."""
    every = ids is None
    among = {"ids": [] if ids is None else list(ids), "rule": placing.rule, "now": now}
    statement, binds = grading.end(placing.object, placing.condition, every=every)
    found = await _ids(connection, statement, {**binds, **among})
    found |= await _ids(connection, grading.expire(placing.object.schema, every=every), among)
    statement, binds = grading.begin(placing.object, placing.condition, every=every)
    new = {"object": placing.object.id, "field": placing.field.id, "value": placing.value, "until": until}
    return found | await _ids(connection, statement, {**binds, **among, **new})


async def let_go(connection: Connection, schema: str, rule: UUID) -> set[UUID]:
    """A rule holds nothing any more; the records it held."""
    return await _ids(connection, grading.end_all(schema), {"rule": rule})


@dataclass(frozen=True)
class Marked:
    """A record's value of a field and the marks on it: rule, value, state, placed."""

    id: UUID
    value: Any
    marks: Sequence[tuple[UUID, str, str, bool | None]]


async def read_marked(connection: Connection, obj: Object, field: Field, ids: Sequence[UUID]) -> list[Marked]:
    """Locked until the end of the transaction."""
    cursor = await connection.execute(grading.marked(obj, field), {"ids": list(ids), "field": field.id})
    found: dict[UUID, tuple[Any, list[tuple[UUID, str, str, bool | None]]]] = {}
    for record, value, rule, *mark in await cursor.fetchall():
        marks = found.setdefault(record, (value, []))[1]
        if rule is not None:
            marks.append((rule, mark[0], mark[1], mark[2]))
    return [Marked(key, value, marks) for key, (value, marks) in found.items()]


async def settle(
    connection: Connection,
    schema: str,
    field: Field,
    ids: Sequence[UUID],
    placed: Sequence[tuple[UUID, UUID, bool]],
) -> None:
    """Note by rule and record whether the value is the rule's, and forget what is gone."""
    if placed:
        rules, records, flags = (list(each) for each in zip(*placed, strict=True))
        await connection.execute(
            grading.settle(schema), {"rules": rules, "records": records, "placed": flags}
        )
    await connection.execute(grading.forget(schema), {"field": field.id, "ids": list(ids)})


async def preview(connection: Connection, placing: Placing) -> dict[str, int]:
    """{matching, changed, kept}: records that satisfy the condition, that would change, that a person has set."""
    statement, binds = grading.preview(placing.object, placing.field, placing.condition, tags=placing.tags)
    values = {**binds, "value": placing.value, "field": placing.field.id, "folded": fold(placing.value)}
    used = {name: value for name, value in values.items() if f"%({name})s" in statement.as_string()}
    row = await (await connection.execute(statement, used)).fetchone()
    matching, changed, kept = row or (0, 0, 0)
    return {"matching": int(matching), "changed": int(changed), "kept": int(kept)}


async def marks_of(connection: Connection, schema: str, record: UUID) -> list[tuple[Any, ...]]:
    cursor = await connection.execute(grading.marks_of(schema), {"record": record})
    return list(await cursor.fetchall())


async def held_counts(connection: Connection, obj: Object) -> dict[UUID, int]:
    cursor = await connection.execute(grading.held_counts(obj.schema), {"object": obj.id})
    return {row[0]: int(row[1]) for row in await cursor.fetchall()}


Weights = Sequence[tuple[Field, int]]


async def completeness(
    connection: Connection, session: Session, obj: Object, weights: Weights, by: str | None
) -> list[tuple[Any, int, int, int]]:
    """By a column: its value, records, filled weight, wholly filled records; of what the reader may see."""
    rights = writes.write_predicate(session.policy, session.resolver, obj, "read")
    statement, binds = grading.completeness(obj, list(weights), by, rights)
    cursor = await connection.execute(statement, binds)
    return [(row[0], int(row[1]), int(row[2] or 0), int(row[3])) for row in await cursor.fetchall()]


async def least_complete(
    connection: Connection, session: Session, obj: Object, weights: Weights, owner: UUID | None, limit: int
) -> list[tuple[UUID, int, list[str]]]:
    """Records that lack something, the emptiest first: id, filled weight, names of what is missing."""
    rights = writes.write_predicate(session.policy, session.resolver, obj, "read")
    statement, binds = grading.least_complete(obj, list(weights), rights)
    cursor = await connection.execute(statement, {**binds, "owner": owner, "limit": limit})
    return [(row[0], int(row[1]), row[2]) for row in await cursor.fetchall()]
