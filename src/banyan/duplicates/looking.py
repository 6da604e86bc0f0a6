"""Rounds of the worker: keys of objects whose rules have changed, and records that a load brought in unseen."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import orjson
import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import insert

from banyan.access.policy import system_policy
from banyan.db.database import Connection, Database
from banyan.db.statements import run
from banyan.duplicates.keys import write_keys
from banyan.duplicates.matching import matches_of
from banyan.duplicates.pairs import note_pairs
from banyan.duplicates.rules import Rule, all_rules, keys_wanted
from banyan.duplicates.tables import duplicate_tables
from banyan.kernel.actor import system_actor
from banyan.metadata.catalog import Object
from banyan.metadata.store import load_catalog
from banyan.records.matching import count_live, ids_after, ids_between
from banyan.records.session import Session

EVERY_S = 5.0
CHUNK = 5_000
_log = structlog.get_logger("banyan.duplicates")


async def note_look(connection: Connection, session: Session, obj: Object, first: UUID, last: UUID) -> None:
    """Have the records from `first` to `last` looked through, once they stand."""
    table = duplicate_tables(session.full.schema).look
    await run(connection, sa.insert(table).values(object_id=obj.id, first_id=first, last_id=last))


def fingerprint(rules: Sequence[Rule], obj: Object) -> str:
    """Which keys the object should have; the leading figure is that of the making of near ones."""
    wanted = {way: [field.slug for field in fields] for way, fields in keys_wanted(rules, obj).items()}
    return f"{2 if 'near' in wanted else 1}{orjson.dumps(wanted).decode()}" if wanted else ""


class Looker:
    """One worker at a time does a chunk; each is its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def work(self, schema: str) -> None:
        """Everything that waits in a workspace."""
        await self.build(schema)
        while await self._look(schema):
            pass

    async def _session(self, schema: str) -> Session:
        async with self._database.reader() as connection:
            catalog = await load_catalog(connection, schema)
        actor = system_actor(schema, "zh-CN")
        return Session(actor, system_policy(actor), catalog, now=datetime.now(UTC))

    async def build(self, schema: str) -> None:
        """Keys of every object whose wanted ones are not the built ones."""
        session = await self._session(schema)
        async with self._database.reader() as connection:
            rules = await all_rules(connection, session.full)
            table = duplicate_tables(schema).build
            asked = sa.select(table.c.object_id, table.c.built)
            built = dict(await (await run(connection, asked)).fetchall())
        for obj in session.full.objects:
            wanted = fingerprint(rules, obj)
            if wanted != (built.get(obj.id) or ""):
                while await self._build_chunk(session, obj, rules, wanted):
                    pass

    async def _build_chunk(self, session: Session, obj: Object, rules: Sequence[Rule], wanted: str) -> bool:
        """The next records' keys. Returns whether there are more."""
        table = duplicate_tables(session.full.schema).build
        async with self._database.transaction() as connection:
            new = insert(table).values(object_id=obj.id, wanted=wanted)
            await run(connection, new.on_conflict_do_nothing())
            mine = table.c.object_id == obj.id
            asked = sa.select(table.c.wanted, table.c.last_id, table.c.built).where(mine).with_for_update()
            row = await (await run(connection, asked)).fetchone()
            if row is None or row[2] == wanted:
                return False
            begins = row[0] != wanted or row[1] is None
            last = None if begins else row[1]
            if begins:
                total = await count_live(connection, obj)
                start = {"wanted": wanted, "built": None, "done": 0, "total": total}
                await run(connection, sa.update(table).where(mine).values(**start))
            ids = await ids_after(connection, obj, last, CHUNK)
            await write_keys(connection, session, obj, ids, rules, fresh=False)
            ended = len(ids) < CHUNK
            values = {
                "last_id": None if ended else ids[-1],
                "built": wanted if ended else None,
                "done": table.c.done + len(ids),
                "updated_at": sa.func.now(),
            }
            await run(connection, sa.update(table).where(mine).values(**values))
            return not ended

    async def _look(self, schema: str) -> bool:
        """One chunk of what a load brought in. Returns whether there was any."""
        table = duplicate_tables(schema).look
        async with self._database.transaction() as connection:
            asked = sa.select(table.c.id, table.c.object_id, table.c.first_id, table.c.last_id)
            held = asked.order_by(table.c.id).limit(1).with_for_update(skip_locked=True)
            row = await (await run(connection, held)).fetchone()
            if row is None:
                return False
            session = await self._session(schema)
            obj = session.full.by_id.get(row[1])
            rules = [] if obj is None else await all_rules(connection, session.full)
            mine = [rule for rule in rules if rule.obj.id == row[1]]
            ids = (
                await ids_between(connection, obj, row[2], row[3], CHUNK) if obj is not None and mine else []
            )
            if obj is not None and ids:
                matches = await matches_of(connection, session, obj, ids, mine)
                await note_pairs(connection, session, matches, accepted=True, source="import")
            if len(ids) == CHUNK and ids[-1] != row[3]:
                move = sa.update(table).where(table.c.id == row[0]).values(first_id=ids[-1])
                await run(connection, move)
            else:
                await run(connection, sa.delete(table).where(table.c.id == row[0]))
            return True
