"""A value may only name live records that its writer may read."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from banyan.db.database import Connection
from banyan.kernel.errors import FieldProblem, InvalidInput
from banyan.metadata.catalog import OWNER, Field, Object
from banyan.query import writes
from banyan.records.session import Session


async def check_related(
    connection: Connection,
    session: Session,
    obj: Object,
    rows: Sequence[Mapping[str, Any]],
    pointers: Sequence[str],
) -> None:
    """Ask each object once for all that the rows name of it. Raises InvalidInput with the place of each fault."""
    named = [
        (f"{pointer}/{field.api_name}", session.catalog.object(name), record)
        for field in obj.fields
        if field.kind.pointing and not _own_id(field, rows, session.actor.user_id)
        for row, pointer in zip(rows, pointers, strict=True)
        for name, record in field.named(row)
    ]
    wanted: dict[UUID, set[str]] = {}
    for _, target, record in named:
        wanted.setdefault(target.id, set()).add(record)
    found = {
        key: await visible(connection, session, session.catalog.by_id[key], ids)
        for key, ids in wanted.items()
    }
    faults = [(place, target) for place, target, record in named if record not in found[target.id]]
    if faults:
        raise InvalidInput(
            problems=[
                FieldProblem(place, "related_not_found", {"object": target.api_name})
                for place, target in dict(faults).items()
            ]
        )


async def visible(connection: Connection, session: Session, obj: Object, ids: Iterable[str]) -> set[str]:
    """Those of `ids` that are live records the actor may read."""
    if not session.policy.allows(obj.grant_key, "read"):
        return set()
    predicate = writes.write_predicate(session.policy, session.resolver, obj, "read")
    statement, binds = writes.visible_ids(obj, predicate)
    cursor = await connection.execute(statement, {**binds, "ids": list(ids)})
    return {str(row[0]) for row in await cursor.fetchall()}


def _own_id(field: Field, rows: Sequence[Mapping[str, Any]], me: UUID | None) -> bool:
    """The most frequent case needs no query: the owner is the caller."""
    if field.api_name != OWNER or me is None:
        return False
    return {row[field.physical()] for row in rows if row.get(field.physical()) is not None} <= {str(me)}
