"""Checking and loading an import: read, stage, judge, move. One transaction holds the load, so it is whole or not."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from banyan.audit.facade import write_audit
from banyan.db.database import Database
from banyan.events import EventBus
from banyan.imports import store
from banyan.imports.mapping import ImportMapping
from banyan.imports.profile import distinct_names
from banyan.imports.reading import Format, read_rows
from banyan.imports.rows import RowsReader, in_chunks
from banyan.kernel.errors import BanyanError, Denied
from banyan.kernel.messages import message
from banyan.metadata.catalog import Object
from banyan.metadata.changes.apply import Changes
from banyan.metadata.changes.operations import FieldChanges, UpdateField
from banyan.records.bulk import BulkLoad, Problem, Staging, Tally, tidy
from banyan.records.session import Session

CHUNK = 5_000
SHOWN_PROBLEMS = 200
_TIDY_FROM = 5_000


class Cancelled(Exception):
    """Somebody asked the running import to stop."""


@dataclass
class ImportRun:
    """One pass over a file, for a check or for a load."""

    database: Database
    session: Session
    obj: Object
    record: store.Import
    path: Path
    staging_schema: str
    started: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.mapping = ImportMapping.model_validate(self.record.data["mapping"])
        if self.mapping.duplicates == "review":
            self.session = replace(self.session, accepts=frozenset({"duplicates", "load"}))
        form = self.record.data["format"]
        self.format = Format(**{**form, "sheets": tuple(form["sheets"])})
        self.reader = RowsReader(self.session.catalog, self.obj, self.mapping, self.session.context)
        staging = Staging(
            self.staging_schema,
            f"i_{self.record.id.hex}",
            self.obj,
            self.reader.physical,
            self.reader.lookups,
        )
        self.load = BulkLoad(
            replace(self.session, history=self.mapping.history),
            self.obj,
            staging,
            {self._current(item.field): item.column for item in self.mapping.columns},
            frozenset(self._current(item.field) for item in self.mapping.columns if item.create_missing),
            self.obj.field(self.mapping.key) if self.mapping.key else None,
        )
        self.names = [str(column["name"]) for column in self.record.data["columns"]]
        self.total = int(self.record.data["row_count"])

    def _current(self, name: str) -> str:
        """A field may have been renamed since the mapping was made."""
        return self.obj.by_name[name].api_name

    @property
    def schema(self) -> str:
        return self.session.actor.workspace

    async def check(self) -> dict[str, Any]:
        """Stage and judge every row; nothing of the object is written. Returns the report."""
        self.session.policy.require(self.obj.grant_key, "import")
        self.session.policy.require(self.obj.grant_key, "create")
        async with self.database.transaction() as connection:
            await self.load.prepare(connection)
        done = 0
        chunks = self._chunks()
        # Reading runs in a thread, one chunk ahead of the database: both cores work.
        following = asyncio.create_task(asyncio.to_thread(next, chunks, None))
        while (chunk := await following) is not None:
            following = asyncio.create_task(asyncio.to_thread(next, chunks, None))
            async with self.database.transaction() as connection:
                await self.load.stage(connection, *chunk)
            done += len(chunk[0])
            await self._progress("reading", done)
        await self._progress("checking", done)
        async with self.database.transaction() as connection:
            missing = await self.load.check(connection)
            tally = await self.load.tally(connection)
            return await self._report(connection, tally, missing)

    def _chunks(self) -> Iterator[tuple[Sequence[list[Any]], list[Problem]]]:
        rows = read_rows(self.path, self.format)
        width = len(distinct_names(next(rows, [])))
        return in_chunks(
            rows, self.format.header_row + 1, CHUNK, lambda number, row: self.reader.read(number, row, width)
        )

    async def _progress(self, phase: str, done: int) -> None:
        """Rows are read in chunks; they are checked and loaded all at once, of which nobody knows how long it takes."""
        progress: dict[str, Any] = {"phase": phase, "done": done, "total": self.total}
        if phase == "reading":
            rate = done / max(time.monotonic() - self.started, 0.001)
            left = max(self.total - done, 0)
            progress |= {"rows_per_second": int(rate), "seconds_left": int(left / rate) + 1 if left else 0}
        else:
            progress |= {"rows_per_second": None, "seconds_left": None}
        async with self.database.reader() as connection:
            state = await store.note_progress(connection, self.schema, self.record.id, progress)
        if state in ("cancelling", "cancelled"):
            raise Cancelled

    async def _report(self, connection: Any, tally: Tally, missing: dict[str, int]) -> dict[str, Any]:
        language = self.session.actor.language
        shown: list[dict[str, Any]] = []
        # All reasons go to a file beside the upload: the staging table goes with the load.
        with reasons_path(self.path).open("w", encoding="utf-8") as reasons:
            async for problem in self.load.problems(connection, None):
                text = message(problem.code, language, problem.params)
                name = self._name(problem.column)
                reasons.write(
                    f"{problem.row}\t{' '.join(f'{name}: {text}'.split() if name else text.split())}\n"
                )
                if len(shown) < SHOWN_PROBLEMS:
                    place = {"row": problem.row, "column": name, "value": problem.value}
                    shown.append({**place, "code": problem.code, "message": text})
        counts = [
            {
                "column": self._name(column),
                "code": code,
                "message": message(code, language, {}),
                "count": count,
            }
            for column, code, count in await self.load.problem_counts(connection)
        ]
        return {
            "rows": tally.rows,
            "to_create": tally.to_create,
            "to_update": tally.to_update,
            "to_reject": tally.to_reject,
            "related_to_create": missing,
            "choices_to_create": {
                column.target.api_name: list(column.new_choices)
                for column in self.reader.columns
                if column.new_choices
            },
            "problems": shown,
            "problem_counts": counts,
        }

    def _name(self, column: int | None) -> str | None:
        return None if column is None else self.names[column]

    async def run(self, bus: EventBus, changes: Changes) -> dict[str, Any]:
        """Check once more on today's data, then load every good row in one transaction."""
        report = await self.check()
        await self._progress("loading", self.total)
        added = await self._add_choices(changes)
        try:
            async with self.database.transaction() as connection:
                created, updated = await self.load.load(connection, bus, self.record.id)
                report |= {"created": created, "updated": updated, "rejected": report["to_reject"]}
                report["related_created"] = dict(self.load.created_related)
                await write_audit(
                    connection,
                    self.session.actor,
                    "import",
                    {"object": self.obj.api_name, "import": str(self.record.id)},
                    {"file": self.record.file_name, "created": created, "updated": updated},
                )
                # The state changes with the data: an import is done exactly when its rows are there.
                progress = {"phase": "loading", "done": self.total, "total": self.total}
                await store.move(
                    connection, self.schema, self.record.id, "done", report=report, progress=progress
                )
        except BaseException:
            if added is not None:
                await changes.revert(self.schema, added, self.session.actor)
            raise
        if created + updated >= _TIDY_FROM:
            await tidy(self.database, self.obj)
        return report

    async def _add_choices(self, changes: Changes) -> UUID | None:
        """New choices are a change of configuration: administrators only, and taken back if the load fails."""
        operations = []
        for column in self.reader.columns:
            if not column.new_choices:
                continue
            config = column.target.config.model_dump(mode="json")
            fresh = [
                {"key": key, "label": {"zh-CN": label[:80], "en": label[:80]}, "color": "grey"}
                for label, key in column.new_choices.items()
            ]
            config["choices"] = [*config["choices"], *fresh]
            operations.append(
                UpdateField(
                    object=self.obj.api_name, field=column.target.api_name, set=FieldChanges(config=config)
                )
            )
        if not operations:
            return None
        if not self.session.policy.has("configure"):
            raise Denied("administrators_only")
        change_id, version, _ = await changes.apply(
            self.schema, operations, self.session.actor, base_version=self.session.catalog.version
        )
        self.load.catalog_version = version
        return change_id

    async def clean_up(self) -> None:
        async with self.database.transaction() as connection:
            await self.load.drop(connection)


def reasons_path(path: Path) -> Path:
    """Where the reasons of rejected rows are kept: row number, tab, reason; in the order of the file."""
    return path.with_name(f"{path.name}.reasons")


def failure(error: BanyanError, language: str) -> dict[str, Any]:
    """What the import shows of an error."""
    problem = error.problems[0] if error.problems else None
    code, params = (problem.code, problem.params) if problem else (error.code, error.params)
    return {"code": code, "message": message(code, language, params)}
