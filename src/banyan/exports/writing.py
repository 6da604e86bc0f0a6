"""The worker's side: writes the file with its maker's rights of now, tells them, throws it away a day later."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog

from banyan.access.facade import load_policy
from banyan.db.database import Database
from banyan.db.seals import workspace_schemas
from banyan.db.statements import run
from banyan.exports.facade import KEPT_HOURS, place_of, request_of
from banyan.exports.tables import export_table
from banyan.jobs import Payload
from banyan.kernel.actor import Actor
from banyan.kernel.errors import BanyanError, NotFound
from banyan.kernel.messages import message
from banyan.metadata.catalog import Catalog
from banyan.metadata.store import load_catalog, read_version
from banyan.notifications.inbox import Notice, notify
from banyan.records.export import Export, ExportBody
from banyan.records.session import Session

_log = structlog.get_logger("banyan.exports")


@dataclass
class _Renewing:
    """The maker's session as it is now; the catalog is read again only when it has changed."""

    database: Database
    schema: str
    actor: Actor
    currency: str
    told: datetime = field(default_factory=lambda: datetime.now(UTC))
    _catalog: Catalog | None = None

    async def __call__(self) -> Session:
        async with self.database.reader() as connection:
            policy = await load_policy(connection, self.actor)
            version = await read_version(connection, self.schema)
            if self._catalog is None or self._catalog.version != version:
                self._catalog = await load_catalog(connection, self.schema)
        return Session(self.actor, policy, self._catalog, self.currency)


class Writer:
    """Jobs and the sweeping round. A job begun again writes the file anew."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder

    async def work(self, payload: Payload) -> None:
        schema, key = payload["schema"], UUID(payload["export"])
        found = await self._begin(schema, key)
        if found is None:
            return
        user, object_id, raw, form = found
        request = request_of(raw)

        renew = _Renewing(
            self._database, schema, Actor(user, schema, request["language"]), request["currency"]
        )
        try:
            size = await self._write(
                schema, key, object_id, ExportBody(**request["body"]), form, request, renew
            )
        except BanyanError as error:
            place_of(self._folder, schema, key).unlink(missing_ok=True)
            reason = message(error.code, request["language"], error.params)
            await self._set(schema, key, state="failed", error=reason[:500], finished_at=sa.func.now())
            return
        await self._finish(schema, key, user, object_id, size)

    async def _begin(self, schema: str, key: UUID) -> tuple[UUID, UUID, bytes, str] | None:
        table = export_table(schema)
        statement = (
            sa.update(table)
            .where(table.c.id == key, table.c.state.in_(("waiting", "running")))
            .values(state="running", done=0)
            .returning(table.c.user_id, table.c.object_id, table.c.request, table.c.format)
        )
        async with self._database.transaction() as connection:
            row = await (await run(connection, statement)).fetchone()
        return None if row is None else (row[0], row[1], row[2], row[3])

    async def _write(
        self,
        schema: str,
        key: UUID,
        object_id: UUID,
        body: ExportBody,
        form: str,
        request: Any,
        renew: "_Renewing",
    ) -> int:
        session = await renew()
        obj = session.catalog.by_id.get(object_id)
        if obj is None:
            raise NotFound("unknown_object", object=str(object_id))
        export = Export(
            self._database, session, obj, body, lambda: self._next_page(schema, key, export, renew)
        )
        export.mark(request["mark"])
        place = place_of(self._folder, schema, key)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        chunks: AsyncIterator[bytes] = export.csv() if form == "csv" else export.xlsx()
        size = 0
        with place.open("wb") as file:
            async for chunk in chunks:
                size += file.write(chunk)
        await self._set(schema, key, done=export.written)
        return size

    async def _next_page(self, schema: str, key: UUID, export: Export, renew: "_Renewing") -> Session:
        """Between two pages: how far it is, and the rights of this moment."""
        if renew.told + timedelta(seconds=1) < datetime.now(UTC):
            renew.told = datetime.now(UTC)
            await self._set(schema, key, done=export.written)
        return await renew()

    async def _finish(self, schema: str, key: UUID, user: UUID, object_id: UUID, size: int) -> None:
        now = datetime.now(UTC)
        expires = now + timedelta(hours=KEPT_HOURS)
        table = export_table(schema)
        values = {"state": "ready", "size": size, "finished_at": now, "expires_at": expires}
        async with self._database.transaction() as connection:
            done = await run(
                connection, sa.update(table).where(table.c.id == key).values(**values).returning(table.c.name)
            )
            row = await done.fetchone()
            params = {"export": str(key), "name": row[0] if row else ""}
            notice = Notice(user, "export_ready", object_id, None, None, params, same=f"export:{key}")
            await notify(connection, schema, [notice])

    async def _set(self, schema: str, key: UUID, **values: Any) -> None:
        table = export_table(schema)
        async with self._database.transaction() as connection:
            await run(connection, sa.update(table).where(table.c.id == key).values(**values))

    async def sweep(self) -> None:
        """Files past their time go, in every workspace, and what a job that was killed left half done."""
        folders = [each.name for each in self._folder.iterdir()] if self._folder.is_dir() else []
        async with self._database.reader() as connection:
            schemas = await workspace_schemas(connection)
        # A sandbox that was thrown away took its table along, not its files.
        for name in sorted(set(folders) - set(schemas)):
            await asyncio.to_thread(shutil.rmtree, self._folder / name, ignore_errors=True)
        for schema in schemas:
            table = export_table(schema)
            long_ago = sa.func.now() - timedelta(hours=KEPT_HOURS)
            over = sa.or_(
                sa.and_(table.c.state == "ready", table.c.expires_at < sa.func.now()),
                sa.and_(table.c.state.in_(("waiting", "running")), table.c.created_at < long_ago),
            )
            async with self._database.transaction() as connection:
                gone = await run(
                    connection, sa.update(table).where(over).values(state="gone").returning(table.c.id)
                )
                rows = await gone.fetchall()
            for (key,) in rows:
                place_of(self._folder, schema, key).unlink(missing_ok=True)
            if rows:
                _log.info("exports_swept", schema=schema, count=len(rows))
