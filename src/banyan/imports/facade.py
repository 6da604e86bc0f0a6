"""Imports: what the API, the worker and the command line may ask for."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID

from banyan.access.facade import load_policy
from banyan.access.tokens import token_policy
from banyan.audit.facade import write_audit
from banyan.db.database import Connection, Database
from banyan.db.schema_version import staging_schema
from banyan.events import EventBus
from banyan.identity.facade import is_active
from banyan.identity.tokens import find_token_again
from banyan.imports import store
from banyan.imports.mapping import ImportMapping, check_mapping, suggested_mapping
from banyan.imports.profile import Profile, profile
from banyan.imports.reading import Format, Row, find_format, read_rows
from banyan.imports.running import Cancelled, ImportRun, failure, reasons_path
from banyan.imports.store import Import
from banyan.imports.suggest import suggest
from banyan.jobs import JobQueue
from banyan.kernel.actor import Actor, Origin
from banyan.kernel.errors import BanyanError, Conflict, Denied, NotFound
from banyan.kernel.ids import new_id
from banyan.metadata.catalog import Object
from banyan.metadata.changes.apply import Changes
from banyan.metadata.store import load_catalog
from banyan.records.bulk import undo_load
from banyan.records.session import Session

JOB = "imports.run"
KEPT_DAYS = 30
TRIES = 5  # of a load while others keep changing the configuration


class _Reshaped(Exception):
    """The configuration has changed since the file was read."""


@dataclass(frozen=True)
class Imports:
    """Imports of one installation. `uploads` is where files wait."""

    database: Database
    queue: JobQueue
    bus: EventBus
    changes: Changes
    uploads: Path

    def path(self, schema: str, import_id: UUID) -> Path:
        return self.uploads / schema / import_id.hex

    def new_place(self, schema: str) -> tuple[UUID, Path]:
        """An id and an open place for its file; the name is ours, never the uploader's."""
        import_id = new_id()
        path = self.path(schema, import_id)
        # Customers' data: nobody else on the machine reads it.
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.uploads.chmod(0o700)
        _forget_old(path.parent)
        return import_id, path

    async def analyse(self, session: Session, obj: Object, import_id: UUID, file_name: str) -> Import:
        """Find out what the file is and suggest a mapping. A file that cannot be read is removed again."""
        session.policy.require(obj.grant_key, "import")
        path = self.path(session.actor.workspace, import_id)
        try:
            form, found = await asyncio.to_thread(_analyse, path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        suggestions = suggest(obj, found)
        data = {
            "format": form.document(),
            "row_count": found.rows,
            "columns": [
                {
                    **column.document(found.rows),
                    "suggestion": suggestions[column.index].document()
                    if column.index in suggestions
                    else None,
                }
                for column in found.columns
            ],
            "preview": found.preview,
            "mapping": suggested_mapping(obj, found, suggestions).model_dump(mode="json"),
        }
        made = Import(
            import_id,
            obj.id,
            session.actor.user_id,
            "analysed",
            file_name,
            path.stat().st_size,
            data,
            None,
            None,
            None,
        )
        async with self.database.transaction() as connection:
            await store.add_import(connection, session.actor.workspace, made)
        return made

    async def set_mapping(self, session: Session, record: Import, mapping: ImportMapping) -> None:
        """Save what a person decided; an earlier check no longer holds."""
        obj = session.catalog.by_id[record.object_id]
        names = [column["name"] for column in record.data["columns"]]
        check_mapping(session.catalog, obj, mapping, names)
        data = record.data | {"mapping": mapping.model_dump(mode="json")}
        async with self.database.transaction() as connection:
            await store.move(
                connection, session.actor.workspace, record.id, "analysed", data=data, report=None, error=None
            )

    async def start(self, session: Session, record: Import, *, load: bool) -> None:
        """Queue a check or the load; the state moves in the same transaction, so a double click starts one."""
        obj = session.catalog.by_id[record.object_id]
        session.policy.require(obj.grant_key, "import")
        mapping = ImportMapping.model_validate(record.data["mapping"])
        _check_rights(session, obj, mapping)
        check_mapping(session.catalog, obj, mapping, [column["name"] for column in record.data["columns"]])
        actor = session.actor
        payload = {
            "schema": actor.workspace,
            "import": str(record.id),
            "load": load,
            "user": str(actor.user_id) if actor.user_id else None,
            "token": actor.origin.session if actor.kind == "token" else None,
            "language": actor.language,
            "currency": session.currency,
        }
        async with self.database.transaction() as connection:
            to: store.State = "loading" if load else "checking"
            await store.move(
                connection, actor.workspace, record.id, to, report=None, error=None, progress=None
            )
            await self.queue.defer(connection, JOB, payload, lock=f"import:{record.id}")

    async def work(self, payload: Any) -> None:
        """The job: as the actor who started it, with the rights of this moment."""
        for tries_left in reversed(range(TRIES)):
            try:
                await self._attempt(payload, may_go_again=tries_left > 0)
            except _Reshaped:
                continue
            return

    async def _attempt(self, payload: Any, *, may_go_again: bool) -> None:
        schema, import_id = payload["schema"], UUID(payload["import"])
        async with self.database.reader() as connection:
            record = await store.read_import(connection, schema, import_id, None, all_users=True)
            session = await _session_again(connection, payload)
        if session is None and record.state in ("checking", "loading"):
            await self._end(schema, import_id, "failed", failure(Denied(), payload["language"]))
        elif session is not None and record.state in ("checking", "loading"):
            await self.execute(session, record, load=payload["load"], may_go_again=may_go_again)
        elif record.state == "cancelling":
            await self._end(schema, import_id, "cancelled")

    async def execute(
        self, session: Session, record: Import, *, load: bool, may_go_again: bool = False
    ) -> dict[str, Any] | None:
        """Check or load now. Whatever happens, the import ends in a state that says so.

        With `may_go_again` raises _Reshaped where somebody changed the configuration while the file was read: nothing
        is written yet, and what was read has to be read with the new fields.
        """
        schema = session.actor.workspace
        obj = session.catalog.by_id[record.object_id]
        mapping = ImportMapping.model_validate(record.data["mapping"])
        try:
            # Fields and rights may have changed since the work was queued.
            check_mapping(
                session.catalog, obj, mapping, [column["name"] for column in record.data["columns"]]
            )
        except BanyanError as error:
            await self._end(schema, record.id, "failed", failure(error, session.actor.language))
            return None
        run = ImportRun(
            self.database, session, obj, record, self.path(schema, record.id), staging_schema(schema)
        )
        try:
            if load:
                return await run.run(self.bus, self.changes)
            report = await run.check()
            async with self.database.transaction() as connection:
                await store.move(connection, schema, record.id, "checked", report=report, progress=None)
        except Cancelled:
            await self._end(schema, record.id, "cancelled")
            return None
        except BanyanError as error:
            if await self._is_cancelling(schema, record.id):
                # Asked to stop while one long statement ran: its transaction found the state changed and left.
                await self._end(schema, record.id, "cancelled")
            elif may_go_again and error.code == "configuration_changed":
                raise _Reshaped from error
            else:
                await self._end(schema, record.id, "failed", failure(error, session.actor.language))
            return None
        except asyncio.CancelledError:
            await asyncio.shield(self._end(schema, record.id, "cancelled"))
            raise
        except Exception:
            await self._end(schema, record.id, "failed", failure(BanyanError(), session.actor.language))
            raise
        else:
            return report
        finally:
            await run.clean_up()

    async def _is_cancelling(self, schema: str, import_id: UUID) -> bool:
        async with self.database.reader() as connection:
            record = await store.read_import(connection, schema, import_id, None, all_users=True)
        return record.state == "cancelling"

    async def _end(
        self, schema: str, import_id: UUID, state: store.State, error: dict[str, Any] | None = None
    ) -> None:
        async with self.database.transaction() as connection:
            await store.move(connection, schema, import_id, state, error=error, progress=None)

    async def cancel(self, session: Session, record: Import) -> None:
        """Stop a running import at its next step; one that waits ends at once. Nothing of it stays."""
        schema = session.actor.workspace
        async with self.database.transaction() as connection:
            running = record.state in ("checking", "loading")
            await store.move(connection, schema, record.id, "cancelling" if running else "cancelled")

    async def undo(self, session: Session, record: Import) -> dict[str, int]:
        """Take back what a finished load created, as far as nobody has changed it since."""
        obj = session.catalog.by_id[record.object_id]
        async with self.database.transaction() as connection:
            await store.move(connection, session.actor.workspace, record.id, "undone")
            removed, kept = await undo_load(connection, session, obj, record.id)
            await write_audit(
                connection,
                session.actor,
                "import_undone",
                {"object": obj.api_name, "import": str(record.id)},
                {"file": record.file_name, "removed": removed, "kept": kept},
                object_id=obj.id,
            )
        return {"removed": removed, "kept": kept}

    async def error_rows(self, session: Session, record: Import) -> AsyncIterator[list[str]]:
        """Rejected rows in the form of the file with a reason at the end, for mending and importing again."""
        if record.state not in ("checked", "done", "undone"):
            raise Conflict("import_not_ready", state=record.state)
        path = self.path(session.actor.workspace, record.id)
        if not path.is_file():
            raise NotFound("unknown_import")
        form = record.data["format"]
        rows = read_rows(path, Format(**{**form, "sheets": tuple(form["sheets"])}))
        title = "原因" if session.actor.language == "zh-CN" else "Reason"
        yield [*await asyncio.to_thread(next, rows, []), title]
        rejected = _rejected(rows, _reasons(path), form["header_row"] + 1)
        while (row := await asyncio.to_thread(next, rejected, None)) is not None:
            yield row


def _rejected(rows: Iterator[Row], reasons: Iterator[tuple[int, str]], first: int) -> Iterator[list[str]]:
    """Walks the whole file, so it runs in a thread."""
    wanted = next(reasons, None)
    for number, row in enumerate(rows, start=first):
        if wanted is None:
            return
        if number == wanted[0]:
            yield [*row, wanted[1]]
            wanted = next(reasons, None)


def _forget_old(folder: Path) -> None:
    """Uploads are kept for a while to give back rejected rows, not for ever."""
    oldest = time.time() - KEPT_DAYS * 24 * 3600
    for file in folder.iterdir():
        if file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)


def _reasons(path: Path) -> Iterator[tuple[int, str]]:
    """Rejected rows with all their reasons, in the order of the file."""
    kept = reasons_path(path)
    if not kept.is_file():
        return
    with kept.open(encoding="utf-8") as lines:
        pairs = (line.rstrip("\n").split("\t", 1) for line in lines)
        for number, group in groupby(pairs, key=lambda pair: pair[0]):
            yield int(number), "; ".join(text for _, text in group)


def _check_rights(session: Session, obj: Object, mapping: ImportMapping) -> None:
    """What the load would create besides its rows needs rights of its own; better said before than after."""
    for item in mapping.columns:
        field = obj.field(item.field)
        if item.create_missing and field is not None and field.kind.matchable:
            session.policy.require(session.catalog.object(field.reaches[0]).grant_key, "create")
        if item.create_choices and not session.policy.has("configure"):
            raise Denied("administrators_only")


def _analyse(path: Path) -> tuple[Format, Profile]:
    form = find_format(path)
    return form, profile(read_rows(path, form))


async def _session_again(connection: Connection, payload: Mapping[str, Any]) -> Session | None:
    """The session of whoever queued the work, with their rights of this moment; None when they are out.

    Work that a token began is bound to that token: it ends with it, and reaches no further than its scopes.
    """
    schema, language = payload["schema"], payload["language"]
    user = UUID(payload["user"]) if payload["user"] else None
    if payload.get("token") is None:
        if user is None or not await is_active(connection, schema, user):
            return None
        return await current_session(connection, Actor(user, schema, language), payload["currency"])
    token = await find_token_again(connection, schema, UUID(payload["token"]))
    if token is None:
        return None
    catalog = await load_catalog(connection, schema)
    actor = Actor(user, schema, language, kind="token", origin=Origin(session=payload["token"]))
    return Session(actor, await token_policy(connection, actor, token, catalog), catalog, payload["currency"])


async def current_session(connection: Connection, actor: Actor, currency: str) -> Session:
    """Catalog and policy as they are now."""
    catalog = await load_catalog(connection, actor.workspace)
    return Session(actor, await load_policy(connection, actor), catalog, currency)
