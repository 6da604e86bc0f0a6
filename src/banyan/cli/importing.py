"""The work behind `banyan import`, on the running or a freshly started database."""

import asyncio
import csv
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from banyan.access.facade import ALL_DATA, roles_of_users
from banyan.cli.refusals import say
from banyan.db.database import Connection, Database
from banyan.db.targets import resolve_targets
from banyan.db.vault import open_vault
from banyan.events import EventBus, SubscriberRegistry
from banyan.identity.facade import people_with_access
from banyan.imports import store
from banyan.imports.facade import Imports, current_session
from banyan.imports.mapping import ColumnMapping, ImportMapping
from banyan.imports.store import Import
from banyan.jobs import PostgresJobQueue
from banyan.kernel.actor import Actor, system_actor
from banyan.kernel.errors import BadRequest, NotFound
from banyan.kernel.settings import Settings
from banyan.metadata.changes.apply import Changes
from banyan.records import sealing
from banyan.records.export import neutral
from banyan.records.session import Session
from banyan.workspaces import load

_PROGRESS_S = 1.0


@dataclass(frozen=True)
class Wish:
    file: Path
    object_name: str
    user: str | None
    mapping: dict[str, str]
    skip: frozenset[str]
    values: dict[str, dict[str, str]]
    create_missing: frozenset[str]
    create_choices: frozenset[str]
    key: str | None
    currency: str | None
    dry_run: bool
    problems: Path | None
    workspace: str


async def run_import(wish: Wish) -> int:
    """Exit code: 0 all rows good, 2 some rejected, 1 failed."""
    if not wish.file.is_file():
        raise NotFound("file_not_found", path=str(wish.file))
    settings = Settings.from_environment()
    with resolve_targets(settings) as targets:
        database = await Database.open(targets, statement_timeout_ms=0)
        try:
            queue = PostgresJobQueue()
            bus = EventBus(SubscriberRegistry(), queue)
            sealing.wire(lambda: open_vault(settings.home))
            imports = Imports(
                database, queue, bus, Changes(database, settings.limits), settings.home / "uploads"
            )
            return await _Run(wish, database, imports).run()
        finally:
            await database.close()


@dataclass
class _Run:
    wish: Wish
    database: Database
    imports: Imports

    async def run(self) -> int:
        session = await self._session()
        obj = session.catalog.object(self.wish.object_name)
        schema = session.actor.workspace
        import_id, path = self.imports.new_place(schema)
        shutil.copyfile(self.wish.file, path)
        record = await self.imports.analyse(session, obj, import_id, self.wish.file.name)
        mapping = _mapping(self.wish, record)
        await self.imports.set_mapping(session, record, mapping)
        _print_mapping(record, mapping)
        load = not self.wish.dry_run
        async with self.database.transaction() as connection:
            await store.move(connection, schema, import_id, "loading" if load else "checking")
        record = await self._read(schema, import_id)
        work = asyncio.create_task(self.imports.execute(session, record, load=load))
        while not work.done():
            await asyncio.wait({work}, timeout=_PROGRESS_S)
            await self._print_progress(schema, import_id)
        await work
        return await self._finish(session, await self._read(schema, import_id))

    async def _session(self) -> Session:
        async with self.database.reader() as connection:
            workspace = await load(connection, self.wish.workspace)
            actor = await acting(connection, workspace.schema, self.wish.user, workspace.language)
            return await current_session(connection, actor, workspace.currency)

    async def _read(self, schema: str, import_id: Any) -> Import:
        async with self.database.reader() as connection:
            return await store.read_import(connection, schema, import_id, None, all_users=True)

    async def _print_progress(self, schema: str, import_id: Any) -> None:
        progress = (await self._read(schema, import_id)).progress
        if progress and progress.get("rows_per_second") is not None:
            print(
                f"  {progress['phase']}: {progress['done']:,} / {progress['total']:,}"
                f" · {progress['rows_per_second']:,}/s · {progress['seconds_left']} s"
            )
        elif progress:
            print(f"  {progress['phase']}: {progress['total']:,}")

    async def _finish(self, session: Session, record: Import) -> int:
        if record.error is not None:
            print(f"banyan: {record.error['message']}")
            return 1
        report = record.report or {}
        _print_report(report)
        if self.wish.problems is not None and report.get("to_reject"):
            with self.wish.problems.open("w", encoding="utf-8-sig", newline="") as target:
                writer = csv.writer(target)
                async for row in self.imports.error_rows(session, record):
                    writer.writerow([neutral(cell) for cell in row])
        return 2 if report.get("to_reject") else 0


async def acting(connection: Connection, schema: str, name: str | None, language: str) -> Actor:
    """The person named, else the first administrator, else (before set-up) the installation itself."""
    people = await people_with_access(connection, schema)
    roles = await roles_of_users(connection, schema)
    for user_id, (sign_in, _state) in people.items():
        if sign_in == (name or "").lower() or (name is None and ALL_DATA in roles.get(user_id, ())):
            return Actor(user_id, schema, language)
    if name is not None:
        raise BadRequest("unknown_user", name=name)
    return system_actor(schema, language)


def _mapping(wish: Wish, record: Import) -> ImportMapping:
    """The suggestion with the wishes over it. A column that does not exist is refused by name."""
    index = {str(column["name"]): int(column["index"]) for column in record.data["columns"]}
    for name in (*wish.mapping, *wish.skip, *wish.values):
        if name not in index:
            raise BadRequest("mapping_unknown_column", column=name)
    suggested = ImportMapping.model_validate(record.data["mapping"])
    chosen = {item.column: item for item in suggested.columns}
    for name, field in wish.mapping.items():
        chosen = {column: item for column, item in chosen.items() if item.field != field}
        before = chosen.get(index[name])
        chosen[index[name]] = ColumnMapping(
            column=index[name], field=field, format=before.format if before else None
        )
    for name in wish.skip:
        chosen.pop(index[name], None)
    names = {column: name for name, column in index.items()}
    columns = [
        item.model_copy(
            update={
                "create_missing": item.field in wish.create_missing,
                "create_choices": item.field in wish.create_choices,
                "values": wish.values.get(names[item.column], {}),
            }
        )
        for item in sorted(chosen.values(), key=lambda item: item.column)
    ]
    return ImportMapping(columns=tuple(columns), key=wish.key, currency=wish.currency)


def _print_mapping(record: Import, mapping: ImportMapping) -> None:
    fields = {item.column: item.field for item in mapping.columns}
    form = record.data["format"]
    print(f"{record.file_name}: {record.data['row_count']:,} × {len(record.data['columns'])}"
          f" ({form['encoding'] or form['sheet']})")  # fmt: skip
    for column in record.data["columns"]:
        print(f"  {column['name']} → {fields.get(column['index'], '—')}")


def _print_report(report: dict[str, Any]) -> None:
    if "created" in report:
        words = (say("新建", "created"), say("更新", "updated"), say("未导入", "rejected"))
        counts = (report["created"], report["updated"], report["rejected"])
    else:
        words = (say("将新建", "to create"), say("将更新", "to update"), say("有问题", "to reject"))
        counts = (report["to_create"], report["to_update"], report["to_reject"])
    print(", ".join(f"{word} {count:,}" for word, count in zip(words, counts, strict=True)))
    for name, count in report.get("related_created", report["related_to_create"]).items():
        print(f"  + {name}: {count:,}")
    for item in report["problem_counts"]:
        print(f"  {item['count']:,} × {item['column'] or ''} {item['message']}")
