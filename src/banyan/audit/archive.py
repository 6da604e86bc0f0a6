"""Entries past their hot time go to files: gzipped lines, one seal and then the very texts it was made of.

A file is written and read back before it is recorded, and recorded before anything is removed; the removal itself is a
function of the schema owner that looks at seal, record and age once more. Record history is in the files too and stays
in the database, because record pages show it.
"""

import asyncio
import base64
import gzip
import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from banyan.audit.seals import seal_hash, split_leaves
from banyan.db import archives as recorded
from banyan.db import seals as store
from banyan.db.database import Connection, Database
from banyan.db.seals import SealRow
from banyan.db.usage import forget_old_use

MOST_SEALS = 20_000
_HASH_PART = 16


class ArchiveFault(Exception):
    """A file that is missing or does not hold what was sealed."""

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self.file = file


@dataclass(frozen=True)
class Archived:
    """Hashes of the texts in archive files, by seal and entry."""

    by_seal: Mapping[int, Mapping[UUID, bytes]] = field(default_factory=dict)

    def of(self, seq: int) -> Mapping[UUID, bytes]:
        return self.by_seal.get(seq, {})


async def read_archives(connection: Connection, schema: str) -> Archived:
    """Read every recorded file through. Raises ArchiveFault for one that is missing or changed."""
    found: dict[int, Mapping[UUID, bytes]] = {}
    for row in await recorded.recorded_archives(connection, schema):
        found |= await asyncio.to_thread(_read_file, schema, row.file, row.sha256)
    return Archived(found)


def _read_file(schema: str, file: str, digest: bytes) -> dict[int, Mapping[UUID, bytes]]:
    try:
        with Path(file).open("rb") as raw:
            if hashlib.file_digest(raw, "sha256").digest() != digest:
                raise ArchiveFault(file)
        return {seal.seq: entries for seal, entries in checked_seals(schema, file)}
    except (OSError, EOFError, ValueError, KeyError) as error:
        raise ArchiveFault(file) from error


def checked_seals(schema: str, file: str) -> Iterator[tuple[SealRow, dict[UUID, bytes]]]:
    """Seals of a file, each with its hash and the texts under it computed anew. Needs no database.

    With each come the hashes of its entries, which may be gone from the database; changes of records may not.
    """
    with gzip.open(file, "rb") as lines:
        for line in lines:
            seal = _seal_of(orjson.loads(line))
            if seal_hash(schema, seal) != seal.hash:
                raise ArchiveFault(file)
            entries: dict[UUID, bytes] = {}
            for entry, digest in split_leaves(seal.leaves):
                text = lines.readline().rstrip(b"\n")
                if hashlib.sha256(text).digest()[:_HASH_PART] != digest:
                    raise ArchiveFault(file)
                if orjson.loads(text)["table"] == "audit_entry":
                    entries[entry] = digest
            yield seal, entries


async def archive_workspace(database: Database, schema: str, folder: Path) -> Path | None:
    """Move what is past its hot time into one file; None when nothing is. Runs as the schema owner."""
    async with database.reader() as connection:  # A look is cheap, a connection of the owner is not.
        done = await recorded.recorded_archives(connection, schema)
        days = await recorded.hot_days(connection, schema)
        if (
            await recorded.last_seal_before(connection, schema, days, done[-1].last_seq if done else 0)
            is None
        ):
            return None
    async with database.schema_change() as connection:
        await store.take_turn(connection, schema, wait=True)
        done = await recorded.recorded_archives(connection, schema)
        after = done[-1].last_seq if done else 0
        days = await recorded.hot_days(connection, schema)
        last = await recorded.last_seal_before(connection, schema, days, after)
        if last is None:
            return None
        last = min(last, after + MOST_SEALS)
        path = folder / schema / f"{after + 1:012d}-{last:012d}.ndjson.gz"
        count = await _write(connection, schema, path, after, last)
        digest = await asyncio.to_thread(_proved, schema, path)
        archive = await recorded.record_archive(
            connection, schema, first=after + 1, last=last, file=str(path), count=count, sha256=digest
        )
        await recorded.forget(connection, schema, archive)
    return path


class Archiver:
    """Looks in every workspace for what is past its time: entries to file, counters of use to drop."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder

    async def work(self, schema: str) -> None:
        async with self._database.transaction() as connection:
            await forget_old_use(connection, schema)
        while await archive_workspace(self._database, schema, self._folder):
            pass


def _proved(schema: str, path: Path) -> bytes:
    """The hash of a file that was read back whole."""
    for _ in checked_seals(schema, str(path)):
        pass
    with path.open("rb") as raw:
        return hashlib.file_digest(raw, "sha256").digest()


async def _write(connection: Connection, schema: str, path: Path, after: int, last: int) -> int:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    count, part = 0, path.with_suffix(".part")
    with part.open("wb") as raw:
        with gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as out:
            while after < last:
                seals = await store.read_seals(connection, schema, after=after, most=min(100, last - after))
                if not seals:
                    raise ArchiveFault(str(path))
                for seal in seals:
                    rows = await store.trail(
                        connection, schema, seal.start, until=seal.end, most=seal.count + 1, texts=True
                    )
                    lines = [orjson.dumps(_document(seal)), *[(row.text or "").encode() for row in rows]]
                    await asyncio.to_thread(out.write, b"\n".join(lines) + b"\n")
                    count += len(rows)
                    after = seal.seq
        raw.flush()
        os.fsync(raw.fileno())
    part.replace(path)
    return count


def _document(seal: SealRow) -> dict[str, Any]:
    return {
        "seq": seal.seq,
        "form": seal.form,
        "at": seal.at.isoformat(),
        "from": [seal.from_xact, str(seal.from_id)],
        "to": [seal.to_xact, str(seal.to_id)],
        "count": seal.count,
        "leaves": base64.b64encode(seal.leaves).decode(),
        "previous_hash": seal.previous_hash.hex(),
        "hash": seal.hash.hex(),
    }


def _seal_of(document: Mapping[str, Any]) -> SealRow:
    return SealRow(
        seq=int(document["seq"]),
        form=int(document["form"]),
        at=datetime.fromisoformat(document["at"]),
        from_xact=int(document["from"][0]),
        from_id=UUID(document["from"][1]),
        to_xact=int(document["to"][0]),
        to_id=UUID(document["to"][1]),
        count=int(document["count"]),
        leaves=base64.b64decode(document["leaves"]),
        previous_hash=bytes.fromhex(document["previous_hash"]),
        hash=bytes.fromhex(document["hash"]),
    )
