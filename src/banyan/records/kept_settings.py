"""How a feature keeps its settings: one document with a version, in a table of its own with one row."""

from typing import Any, TypeVar

import orjson
import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.dialects.postgresql import JSONB, insert

from banyan.access.holders import touch_policies
from banyan.db.database import Connection
from banyan.db.kept import kept
from banyan.db.statements import run
from banyan.kernel.errors import Conflict
from banyan.records.session import Session

Kept = TypeVar("Kept", bound=BaseModel)


def settings_table(name: str, meta: sa.MetaData) -> sa.Table:
    column = sa.Column
    return sa.Table(
        name,
        meta,
        column("id", sa.Boolean),
        column("document", JSONB),
        column("version", sa.Integer),
        column("updated_by", sa.Uuid),
        column("updated_at", sa.DateTime(timezone=True)),
    )


async def read_kept(connection: Connection, table: sa.Table, kind: type[Kept]) -> tuple[Kept, int]:
    """The settings and their version; the usual ones at 0 before anybody has set them."""
    return await kept(connection, str(table.schema), table.name, lambda: _read(connection, table, kind))


async def _read(connection: Connection, table: sa.Table, kind: type[Kept]) -> tuple[Kept, int]:
    row = await (await run(connection, sa.select(table.c.document, table.c.version))).fetchone()
    if row is None:
        return kind(), 0
    return kind.model_validate(orjson.loads(row[0])), int(row[1])


async def write_kept(
    connection: Connection, session: Session, table: sa.Table, document: dict[str, Any], version: int
) -> int:
    """The new version. Raises Conflict where somebody has written them since `version` was read."""
    await touch_policies(connection, session.full.schema)
    values: dict[str, Any] = {
        "document": document,
        "updated_by": session.actor.user_id,
        "updated_at": sa.func.now(),
    }
    statement = insert(table).values(id=True, version=1, **values)
    changed = statement.on_conflict_do_update(
        index_elements=[table.c.id],
        set_={**values, "version": table.c.version + 1},
        where=table.c.version == version,
    ).returning(table.c.version)
    row = await (await run(connection, changed)).fetchone()
    if row is None or (version == 0 and row[0] != 1):
        raise Conflict(f"{table.name}_changed")
    return int(row[0])
