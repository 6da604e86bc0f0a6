"""What follows from set-based writes that no command made: everything computed from the rows is set in the same go."""

from collections.abc import Collection, Sequence
from uuid import UUID

from banyan.db.database import Connection
from banyan.metadata.catalog import DEPARTMENT_COLUMN, Object
from banyan.metadata.computing import computed_of
from banyan.records.computed import Computing, Touched
from banyan.records.session import Session

MOVED = frozenset({DEPARTMENT_COLUMN})
HANDED_OVER = frozenset({"owner_id", "version", "updated_at", "updated_by", *MOVED})
_CHUNK = 20_000


def is_read(session: Session, obj: Object) -> bool:
    """Whether anything is computed from records of `obj` at all."""
    return bool(computed_of(session.full).triggers.get(obj.id))


async def follow(
    connection: Connection,
    session: Session,
    obj: Object,
    ids: Sequence[UUID],
    columns: Collection[str] | None,
) -> Computing:
    """Set what depends on the physical `columns` of the rows `ids`; None: on the rows' being there."""
    computing = Computing(connection, session, whole=True)
    for start in range(0, len(ids), _CHUNK):
        await computing.after(obj, ids[start : start + _CHUNK], Touched(columns))
    return computing
