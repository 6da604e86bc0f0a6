"""Checking the chain: everything is read and computed again, and the first thing that does not fit is named.

Rows whose time in the database is over are read from their archive files, which hold the very text that was sealed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from banyan.audit.archive import Archived, ArchiveFault, read_archives
from banyan.audit.seals import LEAF, NO_SEAL, Head, seal_hash, split_leaves
from banyan.db import seals as store
from banyan.db.database import Connection, Database
from banyan.db.seals import START, SealRow

Fault = Literal[
    "changed",
    "removed",
    "added",
    "seal_changed",
    "seal_missing",
    "head_missing",
    "head_differs",
    "archive_damaged",
]
_SEALS_AT_ONCE = 100


@dataclass(frozen=True)
class Verdict:
    """What a check found: the first fault, in which seal, at which entry; or that all is as it was sealed."""

    seals: int
    entries: int
    unsealed: int
    head: Head | None
    fault: Fault | None = None
    seq: int | None = None
    entry: UUID | None = None
    file: str | None = None

    @property
    def intact(self) -> bool:
        return self.fault is None


@dataclass(frozen=True)
class _Found:
    fault: Fault
    seq: int | None = None
    entry: UUID | None = None
    file: str | None = None


async def verify(database: Database, schema: str, expected: str | None = None) -> Verdict:
    """Check a workspace's trail. `expected` is a head kept elsewhere, as `banyan audit head` prints it."""
    check = _Check(schema, expected)
    # One snapshot for all of it: what is sealed or archived meanwhile would look like a fault.
    async with database.transaction(steady=True) as connection:
        await store.unhurried(connection)
        return await check.run(connection)


class _Check:
    def __init__(self, schema: str, expected: str | None) -> None:
        self.schema = schema
        self.expected = expected
        self.head: SealRow | None = None
        self.entries = 0
        self.met_expected = expected is None

    async def run(self, connection: Connection) -> Verdict:
        try:
            archived = await read_archives(connection, self.schema)
        except ArchiveFault as fault:
            return self._verdict(0, _Found("archive_damaged", file=fault.file))
        while True:
            after = self.head.seq if self.head else 0
            seals = await store.read_seals(connection, self.schema, after=after, most=_SEALS_AT_ONCE)
            for seal in seals:
                found = self._chain(seal) or await self._rows(connection, seal, archived)
                if found:
                    return self._verdict(0, found)
                self.head = seal
                self.entries += seal.count
            if len(seals) < _SEALS_AT_ONCE:
                break
        if not self.met_expected:
            return self._verdict(0, _Found("head_missing"))
        end = self.head.end if self.head else START
        return self._verdict(await store.count_after(connection, self.schema, end))

    def _chain(self, seal: SealRow) -> _Found | None:
        """Whether a seal follows the one before it and is what its hash says."""
        number = self.head.seq + 1 if self.head else 1
        if seal.seq != number:
            return _Found("seal_missing", number)
        start = self.head.end if self.head else START
        before = self.head.hash if self.head else NO_SEAL
        whole = len(seal.leaves) == seal.count * LEAF and seal.start == start and seal.previous_hash == before
        if not whole or seal_hash(self.schema, seal) != seal.hash:
            return _Found("seal_changed", seal.seq)
        if self.expected is not None:
            number_text, _, kept = self.expected.partition(":")
            if number_text == str(seal.seq):
                if kept != seal.hash.hex():
                    return _Found("head_differs", seal.seq)
                self.met_expected = True
        return None

    async def _rows(self, connection: Connection, seal: SealRow, archived: Archived) -> _Found | None:
        """Whether the rows of a seal are all there, none is new, and each reads as it did."""
        rows = await store.trail(connection, self.schema, seal.start, until=seal.end, most=seal.count + 1)
        live = {row.place.id: row.digest[: LEAF // 2] for row in rows}
        filed: Mapping[UUID, bytes] = archived.of(seal.seq)
        sealed = split_leaves(seal.leaves)
        for entry, digest in sealed:
            now = live.get(entry, filed.get(entry))
            if now is None:
                return _Found("removed", seal.seq, entry)
            if now != digest:
                return _Found("changed", seal.seq, entry)
        extra = live.keys() - {entry for entry, _ in sealed}
        return _Found("added", seal.seq, min(extra)) if extra else None

    def _verdict(self, unsealed: int, found: _Found | None = None) -> Verdict:
        head = Head(self.head.seq, self.head.hash.hex(), self.head.at) if self.head else None
        seals = self.head.seq if self.head else 0
        if found is None:
            return Verdict(seals, self.entries, unsealed, head)
        return Verdict(seals, self.entries, unsealed, head, found.fault, found.seq, found.entry, found.file)
