"""Reading the catalog from the database, and keeping one per workspace and version in this process."""

import asyncio
import contextlib
import gc
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from banyan.db.compile import compile_statement
from banyan.db.database import Connection, Database
from banyan.metadata.catalog import Catalog, build_catalog
from banyan.metadata.definitions import FieldDefinition, ObjectDefinition, StoredField, StoredObject
from banyan.metadata.tables import metadata_tables

CHANGED_CHANNEL = "banyan_catalog"


def _statement(schema: str) -> tuple[str, dict[str, object]]:
    tables = metadata_tables(schema)
    rows = [
        sa.select(sa.func.coalesce(sa.func.json_agg(sa.text("t")), sa.text("'[]'::json")))
        .select_from(sa.select(table).subquery("t"))
        .scalar_subquery()
        for table in (tables.object, tables.field)
    ]
    compiled = compile_statement(sa.select(tables.version.c.version, *rows))
    return compiled.sql, dict(compiled.params)


async def read_version(connection: Connection, schema: str) -> int:
    """The version of the configuration, without reading it."""
    version = metadata_tables(schema).version
    compiled = compile_statement(sa.select(version.c.version))
    row = await (await connection.execute(compiled.sql, dict(compiled.params))).fetchone()
    return int(row[0]) if row else 0


async def load_catalog(connection: Connection, schema: str) -> Catalog:
    """The catalog as this connection's transaction sees it, in one statement."""
    cursor = await connection.execute(*_statement(schema))
    row = await cursor.fetchone()
    version, objects, fields = row if row is not None else (0, b"[]", b"[]")
    with uncollected():
        return build_catalog(schema, int(version), *stored_parts(objects, fields))


def stored_parts(objects: bytes, fields: bytes) -> tuple[list[StoredObject], list[StoredField]]:
    """Stored definitions out of their JSON arrays."""
    found = [stored_object(item) for item in orjson.loads(objects)]
    return found, [stored_field(item) for item in orjson.loads(fields)]


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """No garbage collection meanwhile: of tens of thousands of fields made at once none is garbage."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def stored_object(row: Mapping[str, Any]) -> StoredObject:
    return StoredObject(
        id=UUID(row["id"]),
        table_name=row["table_name"],
        position=row["position"],
        archived=row["archived_at"] is not None,
        purged=row["purged_at"] is not None,
        definition=ObjectDefinition.model_validate(row["definition"]),
    )


def stored_field(row: Mapping[str, Any]) -> StoredField:
    """A field as the change pipeline wrote it. What it checked then is not checked again for each of many thousands."""
    return StoredField(
        id=UUID(row["id"]),
        object_id=UUID(row["object_id"]),
        slug=row["slug"],
        position=row["position"],
        archived=row["archived_at"] is not None,
        purged=row["purged_at"] is not None,
        definition=FieldDefinition.trusted(row["definition"]),
    )


class CatalogStore:
    """The current catalog of each workspace in this process. `refresh` is called when a change is announced."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._current: dict[str, Catalog] = {}
        # Also those being read for the first time: what changes meanwhile counts.
        self._asked: set[str] = set()
        self._turns: dict[str, asyncio.Lock] = {}

    async def current(self, schema: str) -> Catalog:
        return self._current.get(schema) or await self.refresh(schema)

    async def at_version(self, schema: str, version: int) -> Catalog:
        """What this process holds, read again where the database was seen to hold another version.

        What another process has published is announced; a request may come before the announcement.
        """
        known = self._current.get(schema)
        return known if known is not None and known.version == version else await self.refresh(schema)

    async def refresh(self, schema: str) -> Catalog:
        """Read again where the version is another by now.

        One at a time: many who come at once read it once, and no older answer replaces a newer one.
        """
        self._asked.add(schema)
        async with self._turns.setdefault(schema, asyncio.Lock()), self._database.reader() as connection:
            return await self.refresh_if_changed(connection, schema)

    async def refresh_if_changed(self, connection: Connection, schema: str) -> Catalog:
        """As `refresh`, for who holds a connection: it takes no second one, and waits for nobody who needs one."""
        self._asked.add(schema)
        known = self._current.get(schema)
        if known is None or known.version != await read_version(connection, schema):
            known = self._current[schema] = await load_catalog(connection, schema)
        return known

    def version_known(self, schema: str) -> int | None:
        """The version this process holds, without reading anything."""
        known = self._current.get(schema)
        return None if known is None else known.version

    def forget(self, schema: str) -> None:
        self._current.pop(schema, None)
        self._turns.pop(schema, None)
        self._asked.discard(schema)

    def known(self) -> list[str]:
        """Schemas whose catalog this process has been asked for: nobody waits for others."""
        return list(self._asked)
