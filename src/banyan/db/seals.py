"""The trail of a workspace in the order in which it is sealed, and the seals. SQL lives here; meaning in `audit`.

Entries and record history form one order: by transaction, then id. A transaction below the oldest one still running
adds nothing any more, so what stands before that bound is complete.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.rows import class_row

from banyan.db.database import Connection

_LOCK_SPACE = 0x53454131  # any constant, the same in every process
_TIME = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
# The sealed text of a row. A column added later is not in it: old seals must stay true, so it takes a new form.
_ENTRY = f"""jsonb_build_object('table', 'audit_entry', 'id', t.id, 'xact', t.xact,
 'at', to_char(t.at AT TIME ZONE 'UTC', '{_TIME}'), 'actor_id', t.actor_id, 'actor_kind', t.actor_kind,
 'real_user_id', t.real_user_id, 'action', t.action, 'outcome', t.outcome, 'object_id', t.object_id,
 'record_id', t.record_id, 'target', t.target, 'detail', t.detail, 'address', t.address, 'client', t.client,
 'session', t.session)::text"""
_CHANGE = f"""jsonb_build_object('table', 'record_history', 'id', t.id, 'xact', t.xact,
 'at', to_char(t.at AT TIME ZONE 'UTC', '{_TIME}'), 'actor_id', t.actor_id, 'actor_kind', t.actor_kind,
 'action', t.action, 'object_id', t.object_id, 'record_id', t.record_id, 'version', t.version,
 'changes', t.changes, 'import_id', t.import_id, 'origin', t.origin)::text"""


@dataclass(frozen=True)
class Place:
    """A position in the order of the trail."""

    xact: int
    id: UUID


START = Place(0, UUID(int=0))


@dataclass(frozen=True)
class Leaf:
    """One row of the trail: where it stands, and the hash of its text (the text itself when asked for)."""

    place: Place
    digest: bytes
    text: str | None = None


@dataclass(frozen=True)
class SealRow:
    """One line of audit_seal; `leaves` is the id and the shortened hash of each row sealed, in order."""

    seq: int
    form: int
    at: datetime
    from_xact: int
    from_id: UUID
    to_xact: int
    to_id: UUID
    count: int
    leaves: bytes
    previous_hash: bytes
    hash: bytes

    @property
    def start(self) -> Place:
        return Place(self.from_xact, self.from_id)

    @property
    def end(self) -> Place:
        return Place(self.to_xact, self.to_id)


_SEAL = sql.SQL(
    "SELECT seq, form, at, from_xact::text::bigint AS from_xact, from_id, to_xact::text::bigint AS to_xact, to_id,"
    " count, leaves, previous_hash, hash FROM {}"
)


async def workspace_schemas(connection: Connection) -> list[str]:
    """The schema of every workspace, oldest first."""
    cursor = await connection.execute("SELECT schema_name FROM control.workspace ORDER BY id")
    return [str(row[0]) for row in await cursor.fetchall()]


async def unhurried(connection: Connection) -> None:
    """Let each statement of this transaction take the time it needs."""
    await connection.execute("SET LOCAL statement_timeout = 0")


async def take_turn(connection: Connection, schema: str, *, wait: bool = False) -> bool:
    """Whether this transaction is the one that seals or archives the workspace now; `wait` until it is."""
    lock = "SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))"
    if wait:
        lock = "SELECT pg_advisory_xact_lock(%s, hashtext(%s)) IS NOT NULL"
    cursor = await connection.execute(lock, (_LOCK_SPACE, schema))
    row = await cursor.fetchone()
    return row is not None and bool(row[0])


async def settled_before(connection: Connection) -> int:
    """The transaction below which every other has ended. Statements after this one see all their rows."""
    cursor = await connection.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
    row = await cursor.fetchone()
    return 0 if row is None else int(row[0])


async def trail(
    connection: Connection,
    schema: str,
    after: Place,
    *,
    most: int,
    until: Place | None = None,
    below: int | None = None,
    texts: bool = False,
) -> list[Leaf]:
    """Rows after a place, in order: up to `until` (included), or of transactions below `below`."""
    upper = sql.SQL("")
    if until is not None:
        upper = sql.SQL(" AND (t.xact, t.id) <= (%(to_xact)s::xid8, %(to_id)s::uuid)")
    elif below is not None:
        upper = sql.SQL(" AND t.xact < %(below)s::xid8")
    parts = [
        sql.SQL(
            "(SELECT t.xact, t.id, {text} AS text FROM {table} t"
            " WHERE (t.xact, t.id) > (%(xact)s::xid8, %(id)s::uuid){upper} ORDER BY t.xact, t.id LIMIT %(most)s)"
        ).format(text=sql.SQL(text), table=sql.Identifier(schema, name), upper=upper)
        for name, text in (("audit_entry", _ENTRY), ("record_history", _CHANGE))
    ]
    statement = sql.SQL(
        "SELECT xact::text::bigint, id, sha256(convert_to(text, 'UTF8')){texts} FROM ({parts}) u"
        " ORDER BY xact, id LIMIT %(most)s"
    ).format(texts=sql.SQL(", text" if texts else ""), parts=sql.SQL(" UNION ALL ").join(parts))
    binds: dict[str, Any] = {"xact": str(after.xact), "id": after.id, "most": most}
    if until is not None:
        binds |= {"to_xact": str(until.xact), "to_id": until.id}
    if below is not None:
        binds["below"] = str(below)
    cursor = await connection.execute(statement, binds)
    return [
        Leaf(Place(int(row[0]), row[1]), bytes(row[2]), row[3] if texts else None)
        for row in await cursor.fetchall()
    ]


async def read_seals(
    connection: Connection, schema: str, *, after: int = 0, most: int = 500
) -> list[SealRow]:
    """Seals after a number, in order."""
    statement = sql.SQL("{} WHERE seq > %s ORDER BY seq LIMIT %s").format(_seals(schema))
    async with connection.cursor(row_factory=class_row(SealRow)) as cursor:
        await cursor.execute(statement, (after, most))
        return await cursor.fetchall()


async def newest_seals(connection: Connection, schema: str, most: int = 1) -> list[SealRow]:
    """The last seals, newest first."""
    statement = sql.SQL("{} ORDER BY seq DESC LIMIT %s").format(_seals(schema))
    async with connection.cursor(row_factory=class_row(SealRow)) as cursor:
        await cursor.execute(statement, (most,))
        return await cursor.fetchall()


def _seals(schema: str) -> sql.Composed:
    return _SEAL.format(sql.Identifier(schema, "audit_seal"))


async def insert_seal(connection: Connection, schema: str, seal: SealRow) -> None:
    statement = sql.SQL(
        "INSERT INTO {} (seq, form, at, from_xact, from_id, to_xact, to_id, count, leaves, previous_hash, hash)"
        " VALUES (%s, %s, %s, %s::xid8, %s, %s::xid8, %s, %s, %s, %s, %s)"
    ).format(sql.Identifier(schema, "audit_seal"))
    values: Sequence[Any] = (
        seal.seq,
        seal.form,
        seal.at,
        str(seal.from_xact),
        seal.from_id,
        str(seal.to_xact),
        seal.to_id,
        seal.count,
        seal.leaves,
        seal.previous_hash,
        seal.hash,
    )
    await connection.execute(statement, values)


async def count_after(connection: Connection, schema: str, after: Place) -> int:
    """How many rows wait for a seal."""
    statement = sql.SQL(
        "SELECT (SELECT count(*) FROM {0} WHERE (xact, id) > (%(xact)s::xid8, %(id)s))"
        " + (SELECT count(*) FROM {1} WHERE (xact, id) > (%(xact)s::xid8, %(id)s))"
    ).format(sql.Identifier(schema, "audit_entry"), sql.Identifier(schema, "record_history"))
    cursor = await connection.execute(statement, {"xact": str(after.xact), "id": after.id})
    row = await cursor.fetchone()
    return 0 if row is None else int(row[0])
