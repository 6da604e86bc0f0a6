"""Pools as they stand: the record with its settings, and who a person is to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from banyan.access.model import Action
from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.kernel.errors import Conflict, Denied, NotFound
from banyan.metadata.catalog import Object
from banyan.pools.kinds import HELD, kept_in
from banyan.pools.settings import EVERYONE, Settings
from banyan.pools.tables import pool_tables
from banyan.query.owning import Kept
from banyan.query.parsed import ParsedQuery, Sort
from banyan.records import queries
from banyan.records.people import house_session
from banyan.records.session import Session

POOL = "pool"
MOST = 500


@dataclass(frozen=True)
class Pool:
    id: UUID
    name: str
    applies_to: str
    active: bool
    description: str | None = None
    settings: Settings = field(default_factory=Settings)
    state: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0

    def of(self, session: Session) -> tuple[Object, Kept]:
        """The object whose records it holds. Raises Conflict where that keeps no pools any more."""
        found = kept_in(session.full, self.applies_to)
        if found is None:
            raise Conflict("pool_without_object", object=self.applies_to)
        return found


def in_scope(session: Session, object_name: str, action: Action) -> bool:
    """Whether a program may do so by the scopes of its token: a pool opens records to people, not to what they lent."""
    if session.actor.kind != "token":
        return True
    obj = session.full.by_name.get(object_name)
    return obj is not None and session.policy.allows(obj.grant_key, action)


def in_person(session: Session, *objects: str) -> UUID:
    """Whoever takes, gives back or asks. Raises Denied for who only looks, or whose token does not reach so far."""
    if session.actor.user_id is None or session.actor.read_only:
        raise Denied("only_in_person")
    if not any(in_scope(session, each, "update") for each in objects):
        raise Denied("action_denied", action="update", object=objects[0])
    return session.actor.user_id


def manages(session: Session, pool: Pool) -> bool:
    named = not set(pool.settings.managers).isdisjoint(session.policy.standing.principals)
    return named and in_scope(session, pool.applies_to, "update")


def belongs(session: Session, pool: Pool) -> bool:
    """Whether the person is a member; managers are."""
    members = pool.settings.members
    known = not set(members).isdisjoint(session.policy.standing.principals)
    if session.actor.user_id is None or not in_scope(session, pool.applies_to, "read"):
        return False
    return EVERYONE in members or known or manages(session, pool)


def require_member(session: Session, pool: Pool) -> None:
    """A pool one has nothing to do with is as unknown as a missing one."""
    if not belongs(session, pool):
        raise NotFound("unknown_pool", pool=str(pool.id))


def require_manager(session: Session, pool: Pool) -> None:
    if manages(session, pool):
        return
    if not session.policy.has("configure"):
        require_member(session, pool)
    raise Denied("pool_managers_only", pool=pool.name)


async def read_pools(
    connection: Connection, session: Session, ids: Sequence[UUID] | None = None
) -> list[Pool]:
    """All pools, or those of `ids`, by name."""
    if ids is not None and not ids:
        return []
    own = house_session(session)
    obj = own.catalog.by_name.get(POOL)
    if obj is None:
        return []
    where = None if ids is None else {"field": "id", "op": "in", "value": [str(each) for each in ids]}
    query = ParsedQuery(
        select=("name", "applies_to", "active", "description"),
        where=where,
        sort=(Sort(field="name"),),
        limit=MOST,
    )
    rows = orjson.loads((await queries.query_page(connection, own, obj, query)).rows)
    table = pool_tables(session.full.schema).settings
    asked = sa.select(table.c.pool_id, table.c.settings, table.c.state, table.c.version)
    if ids is not None:
        asked = asked.where(table.c.pool_id.in_(list(ids)))
    kept = {row[0]: row for row in await (await run(connection, asked)).fetchall()}
    return [_pool(row, kept.get(UUID(row["id"]))) for row in rows if row["applies_to"] in HELD]


def _pool(row: Mapping[str, Any], kept: Any) -> Pool:
    basic = (UUID(row["id"]), row["name"], row["applies_to"], row["active"] is not False, row["description"])
    if kept is None:
        return Pool(*basic)
    return Pool(*basic, Settings.model_validate_json(kept[1]), orjson.loads(kept[2]), kept[3])


async def read_pool(connection: Connection, session: Session, pool_id: UUID) -> Pool:
    """Raises NotFound."""
    found = await read_pools(connection, session, [pool_id])
    if not found:
        raise NotFound("unknown_pool", pool=str(pool_id))
    return found[0]


async def write_settings(
    connection: Connection, session: Session, pool_id: UUID, settings: Settings, version: int
) -> int:
    """The next version. Raises Conflict where somebody else has written since `version`."""
    table = pool_tables(session.full.schema).settings
    document = settings.model_dump(mode="json")
    values = {"settings": document, "updated_by": session.actor.user_id}
    if version == 0:
        statement: Any = (
            insert(table)
            .values(pool_id=pool_id, state={}, version=1, **values)
            .on_conflict_do_nothing()
            .returning(table.c.version)
        )
    else:
        statement = (
            sa.update(table)
            .where(table.c.pool_id == pool_id, table.c.version == version)
            .values(version=table.c.version + 1, updated_at=sa.func.now(), **values)
            .returning(table.c.version)
        )
    row = await (await run(connection, statement)).fetchone()
    if row is None:
        raise Conflict("pool_changed_meanwhile")
    return int(row[0])


async def note_state(connection: Connection, session: Session, pool_id: UUID, **parts: Any) -> None:
    """What a pass remembers, beside what is remembered already."""
    table = pool_tables(session.full.schema).settings
    merged = table.c.state.op("||")(sa.cast(sa.literal(orjson.dumps(parts).decode()), table.c.state.type))
    await run(connection, sa.update(table).where(table.c.pool_id == pool_id).values(state=merged))
