"""What follows from a write to the organisation: no cycles, records follow their owner, rights are compiled anew.

Called by every writer of people, departments, positions and groups in its own transaction: form, API, batch, import.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from banyan.access.guard import Powers, powers_by_place, require_no_rise, require_over
from banyan.access.holders import check_somebody_rules, touch_policies
from banyan.access.model import ORGANISATION
from banyan.db.database import Connection
from banyan.kernel.errors import Conflict, Denied
from banyan.metadata.catalog import Object
from banyan.query import organisation as statements
from banyan.records.following import MOVED, follow, is_read
from banyan.records.session import Session

PEOPLE, DEPARTMENTS = "user", "department"
# The relation that makes a tree of each, and what a loop in it is called.
# Where mail of the account goes, and what roles may be held through.
_ADDRESS = "f_email"
_PLACES = frozenset({"f_department", "f_position", "f_parent", "f_head"})
_TREES = {PEOPLE: ("f_manager", "manager_cycle"), DEPARTMENTS: ("f_parent", "department_cycle")}


async def before_write(
    connection: Connection,
    session: Session,
    obj: Object,
    ids: Sequence[UUID] = (),
    columns: Collection[str] | None = (),
) -> Powers | None:
    """Take the organisation's turn: two writers could each be right and together make a loop.

    The organisation decides who holds what, so writing it needs the power `people` beside the right to the records.
    Returns everybody's powers as they are, for `after_write` to compare; None where nothing can change them.
    """
    if obj.grant_key not in ORGANISATION:
        return None
    if not session.policy.has("people"):
        raise Denied("power_needed", power="people")
    await touch_policies(connection, obj.schema)
    if obj.grant_key == PEOPLE and ids and (columns is None or _ADDRESS in columns):
        await require_over(connection, session.policy, ids)
    placed = columns is None or not _PLACES.isdisjoint(columns)
    return await powers_by_place(connection, obj.schema) if placed else None


async def after_write(
    connection: Connection,
    session: Session,
    obj: Object,
    ids: Sequence[UUID],
    columns: Collection[str] | None,
    before: Powers | None = None,
) -> None:
    """`columns` are the physical ones that were written; None for all. Raises Conflict for a loop, naming its way."""
    await require_no_rise(connection, session.policy, before)
    tree = _TREES.get(obj.grant_key)
    if tree is None or not ids:
        return
    column, code = tree
    if columns is None or column in columns:
        cursor = await connection.execute(statements.cycle(obj, column), {"ids": list(ids)})
        row = await cursor.fetchone()
        if row is not None:
            raise Conflict(code, path=" → ".join([*row[0], row[0][0]]))
    people = obj.owner_department
    if obj.grant_key == PEOPLE and people is not None and (columns is None or people.column in columns):
        for each in (*session.full.objects, *session.full.archived_objects):
            moved = await connection.execute(statements.restamp(each, people.column), {"ids": list(ids)})
            if each.id in session.full.by_id and is_read(session, each):
                await follow(connection, session, each, [row[0] for row in await moved.fetchall()], MOVED)


async def before_delete(connection: Connection, session: Session, obj: Object, ids: Sequence[UUID]) -> None:
    """Nobody removes themself; a department in use stays."""
    if obj.grant_key == PEOPLE and session.actor.user_id in ids:
        raise Conflict("not_oneself")
    if obj.grant_key == PEOPLE:
        await require_over(connection, session.policy, ids)
    if obj.grant_key == DEPARTMENTS:
        cursor = await connection.execute(statements.occupied_departments(obj.schema), {"ids": list(ids)})
        if await cursor.fetchone() is not None:
            raise Conflict("department_in_use")


async def after_delete(connection: Connection, obj: Object) -> None:
    if obj.grant_key == PEOPLE:
        await check_somebody_rules(connection, obj.schema)
