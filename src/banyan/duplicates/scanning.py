"""The scan of a whole base: rows into a file, compared in a process of its own, pairs into the review queue."""

import asyncio
import contextlib
import csv
import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
import structlog

from banyan.access.policy import system_policy
from banyan.audit.facade import write_audit
from banyan.db.database import Connection, Database
from banyan.db.statements import as_text, run
from banyan.duplicates.pairs import insert_pairs
from banyan.duplicates.review import tied
from banyan.duplicates.scan_process import reasons
from banyan.duplicates.tables import duplicate_tables
from banyan.jobs import JobQueue
from banyan.kernel.actor import system_actor
from banyan.kernel.errors import Conflict, NotFound
from banyan.kernel.ids import new_id
from banyan.metadata.catalog import Field, Object
from banyan.metadata.store import load_catalog
from banyan.records.matching import count_live, write_texts
from banyan.records.session import Session

JOB = "duplicates.scan"
THRESHOLD = 0.9
MEMORY = "1GB"
_CHUNK = 5_000
_WATCH_S = 1.0
_PEOPLE = ("contact_person", "contact_name", "contact", "person")
_log = structlog.get_logger("banyan.duplicates")


def scanned_fields(obj: Object) -> dict[str, tuple[Field, ...]]:
    """What the scan compares of an object, found by type and name; what is not there weighs nothing."""
    fields = [field for field in obj.stored_fields if not field.kind.virtual]

    def typed(*types: str) -> tuple[Field, ...]:
        return tuple(field for field in fields if field.definition.type in types)

    def called(*names: str) -> tuple[Field, ...]:
        found = [obj.field(name) for name in names]
        return tuple(f for f in found if f is not None and f.definition.type == "text")

    company = called("company")
    return {
        "name": company or (obj.title,),
        "code": tuple(f for f in typed("text") if getattr(f.config, "format", None) == "cn_credit_code"),
        "phone": typed("phone"),
        "mail": typed("email"),
        "city": called("city"),
        "person": (obj.title,) if company else called(*_PEOPLE),
    }


async def start_scan(
    connection: Connection, session: Session, queue: JobQueue, obj: Object, threshold: float = THRESHOLD
) -> UUID:
    """Queue a scan. Raises Conflict while one runs."""
    session.policy.require(obj.grant_key, "update")
    session.policy.require(obj.grant_key, "bulk")
    schema = session.full.schema
    table = duplicate_tables(schema).scan
    running = sa.select(table.c.id).where(
        table.c.object_id == obj.id, table.c.state.in_(("waiting", "running", "cancelling"))
    )
    if await (await run(connection, running)).fetchone() is not None:
        raise Conflict("scan_running")
    scan_id = new_id()
    values = {"id": scan_id, "object_id": obj.id, "threshold": threshold, "started_by": session.actor.user_id}
    await run(connection, sa.insert(table).values(**values))
    await queue.defer(connection, JOB, {"schema": schema, "scan": str(scan_id)}, lock=f"scan:{obj.id}")
    await write_audit(
        connection, session.actor, "duplicates_scanned", {"object": obj.api_name}, {}, object_id=obj.id
    )
    return scan_id


async def cancel_scan(connection: Connection, session: Session, obj: Object) -> None:
    """Stop the running scan at its next breath. Raises NotFound where none runs."""
    session.policy.require(obj.grant_key, "bulk")
    table = duplicate_tables(session.full.schema).scan
    state = sa.case((table.c.state == "waiting", "cancelled"), else_="cancelling")
    statement = (
        sa.update(table)
        .where(table.c.object_id == obj.id, table.c.state.in_(("waiting", "running")))
        .values(state=state)
        .returning(table.c.id)
    )
    if await (await run(connection, statement)).fetchone() is None:
        raise NotFound("unknown_scan")


async def last_scan(connection: Connection, schema: str, obj: Object) -> dict[str, Any] | None:
    """The newest scan of the object: how far it is, or what came of it."""
    table = duplicate_tables(schema).scan
    asked = sa.select(
        table.c.id,
        table.c.state,
        table.c.progress,
        table.c.result,
        as_text(table.c.created_at),
        as_text(table.c.ended_at),
    )
    mine = asked.where(table.c.object_id == obj.id).order_by(table.c.id.desc()).limit(1)
    row = await (await run(connection, mine)).fetchone()
    if row is None:
        return None
    return {
        "id": str(row[0]),
        "state": row[1],
        "progress": orjson.loads(row[2]),
        "result": orjson.loads(row[3]),
        "at": row[4],
        "ended_at": row[5],
    }


class _Cancelled(Exception):
    """Somebody asked the scan to stop."""


@dataclass
class Scanner:
    """Runs scans in the worker. `folder` is where their files lie while they run."""

    database: Database
    folder: Path
    memory: str = MEMORY

    async def work(self, payload: Any) -> None:
        """The job. Whatever happens, the scan ends in a state that says so."""
        schema, scan_id = payload["schema"], UUID(payload["scan"])
        table = duplicate_tables(schema).scan
        async with self.database.transaction() as connection:
            begun = (
                sa.update(table)
                .where(table.c.id == scan_id, table.c.state.in_(("waiting", "running")))
                .values(state="running")
                .returning(table.c.object_id, table.c.threshold)
            )
            row = await (await run(connection, begun)).fetchone()
        if row is None:
            await self._let_go(schema, scan_id)
            return
        place = self.folder / schema / scan_id.hex
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            result = await self._scan(schema, scan_id, row[0], float(row[1]), place)
            await self._end(schema, scan_id, "done", result)
        except _Cancelled:
            await self._end(schema, scan_id, "cancelled", {})
        except asyncio.CancelledError:
            await asyncio.shield(self._end(schema, scan_id, "cancelled", {}))
            raise
        except Exception:
            await self._end(schema, scan_id, "failed", {})
            raise
        finally:
            await asyncio.to_thread(shutil.rmtree, place, ignore_errors=True)

    async def _let_go(self, schema: str, scan_id: UUID) -> None:
        """Its worker died while it was asked to stop: it has stopped, and another one may begin."""
        table = duplicate_tables(schema).scan
        mine = sa.and_(table.c.id == scan_id, table.c.state == "cancelling")
        values = {"state": "cancelled", "ended_at": sa.func.now()}
        async with self.database.transaction() as connection:
            await run(connection, sa.update(table).where(mine).values(**values))

    async def _end(self, schema: str, scan_id: UUID, state: str, result: dict[str, Any]) -> None:
        table = duplicate_tables(schema).scan
        values = {"state": state, "result": result, "ended_at": sa.func.now()}
        async with self.database.transaction() as connection:
            await run(connection, sa.update(table).where(table.c.id == scan_id).values(**values))

    async def _scan(
        self, schema: str, scan_id: UUID, object_id: UUID, threshold: float, place: Path
    ) -> dict[str, Any]:
        began = datetime.now(UTC)
        async with self.database.reader() as connection:
            catalog = await load_catalog(connection, schema)
            obj = catalog.by_id[object_id]
            total = await count_live(connection, obj)
            await write_texts(connection, obj, scanned_fields(obj), place / "rows.csv")
        config = {"total": total, "threshold": threshold, "memory": self.memory}
        (place / "config.json").write_text(json.dumps(config))
        await self._compare(schema, scan_id, place)
        actor = system_actor(schema, "zh-CN")
        session = Session(actor, system_policy(actor), catalog)
        new, pairs, groups = await self._store(session, scan_id, obj, place / "pairs.csv")
        spent = int((datetime.now(UTC) - began).total_seconds())
        return {"rows": total, "pairs": pairs, "new": new, "clusters": groups, "seconds": spent}

    async def _compare(self, schema: str, scan_id: UUID, place: Path) -> None:
        """The process of its own; its lines are the progress. Raises _Cancelled after killing it."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "banyan.duplicates.scan_process",
            str(place),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        if process.stdout is None or process.stderr is None:
            raise RuntimeError
        errors = asyncio.create_task(process.stderr.read())
        try:
            reading = asyncio.create_task(process.stdout.readline())
            while True:
                done, _ = await asyncio.wait({reading}, timeout=_WATCH_S)
                line = reading.result() if done else b""
                if done and not line:
                    break
                await self._note(schema, scan_id, orjson.loads(line) if line else None)
                if done:
                    reading = asyncio.create_task(process.stdout.readline())
            if await process.wait() != 0:
                _log.error("scan_failed", error=(await errors).decode(errors="replace")[-2_000:])
                raise RuntimeError("the scan's process failed")
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
            await errors

    async def _note(self, schema: str, scan_id: UUID, progress: dict[str, Any] | None) -> None:
        """Show how far it is, and look whether somebody wants it to stop."""
        table = duplicate_tables(schema).scan
        values: dict[str, Any] = {"updated_at": sa.func.now()}
        if progress is not None:
            values["progress"] = progress
        async with self.database.transaction() as connection:
            told = sa.update(table).where(table.c.id == scan_id).values(**values).returning(table.c.state)
            row = await (await run(connection, told)).fetchone()
        if row is None or row[0] != "running":
            raise _Cancelled

    async def _store(self, session: Session, scan_id: UUID, obj: Object, path: Path) -> tuple[int, int, int]:
        """Pairs into the queue, in chunks. Returns how many are new, how many there are, and in how many groups."""
        ties = tied([(one, other) for one, other, _, _ in _pairs(path)])
        cluster_of = {key: group[0] for group in ties for key in group}
        new = total = 0
        chunk: list[dict[str, Any]] = []
        for one, other, score, words in _pairs(path):
            total += 1
            chunk.append(
                {
                    "object_id": obj.id,
                    "record_id": one,
                    "other_object_id": obj.id,
                    "other_id": other,
                    "score": score,
                    "reasons": [{"same": word} for word in words],
                    "source": "scan",
                    "cluster": cluster_of[one],
                }
            )
            if len(chunk) == _CHUNK:
                new += await self._insert(session.full.schema, chunk)
                chunk = []
                await self._note(session.full.schema, scan_id, {"phase": "storing", "done": total})
        new += await self._insert(session.full.schema, chunk)
        return new, total, len(ties)

    async def _insert(self, schema: str, rows: list[dict[str, Any]]) -> int:
        async with self.database.transaction() as connection:
            return await insert_pairs(connection, schema, rows)


def _pairs(path: Path) -> Iterator[tuple[UUID, UUID, float, list[str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            one, other = sorted((UUID(row[0]), UUID(row[1])))
            yield one, other, float(row[2]), reasons(iter(row[3:]))
