"""Settings of one workspace's security, by key; a secret beside a value is sealed by the vault before it comes here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.identity.tables import identity_tables


@dataclass(frozen=True)
class Stored:
    value: Mapping[str, Any]
    secret: str | None


async def read(connection: Connection, schema: str, key: str) -> Stored | None:
    table = identity_tables(schema).security_setting
    found = await run(connection, sa.select(table.c.value, table.c.secret).where(table.c.key == key))
    row = await found.fetchone()
    return None if row is None else Stored(orjson.loads(row[0]), row[1])


async def write(
    connection: Connection, schema: str, key: str, value: Mapping[str, Any], secret: str | None = None
) -> None:
    table = identity_tables(schema).security_setting
    values = {"value": dict(value), "secret": secret, "updated_at": sa.func.now()}
    statement = insert(table).values(key=key, **values)
    await run(connection, statement.on_conflict_do_update(index_elements=[table.c.key], set_=values))


async def remove(connection: Connection, schema: str, key: str) -> None:
    table = identity_tables(schema).security_setting
    await run(connection, sa.delete(table).where(table.c.key == key))
