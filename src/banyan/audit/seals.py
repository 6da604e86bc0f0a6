"""Sealing: what the trail holds is bound into a chain of hashes about each second.

A seal names every row it covers by id and hash, so that a check says which entry was changed, removed or slipped in,
and the seal before it by its hash, so that none can be replaced alone. Whoever keeps the head elsewhere also sees a
chain that was cut or written anew.
"""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

import structlog

from banyan.db import seals as store
from banyan.db.database import Database
from banyan.db.seals import START, Leaf, SealRow

FORM = 1
BATCH = 5_000
EVERY_S = 1.0
_ID, _DIGEST = 16, 16
LEAF = _ID + _DIGEST
NO_SEAL = bytes(32)
_log = structlog.get_logger("banyan.audit")


@dataclass(frozen=True)
class Head:
    """The newest seal: keep it outside of the database, and a shortened chain shows."""

    seq: int
    hash: str
    at: datetime

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


def leaf_bytes(leaves: Sequence[Leaf]) -> bytes:
    """Id and half of the hash of each row: 128 bits that nobody finds a second text for."""
    return b"".join(leaf.place.id.bytes + leaf.digest[:_DIGEST] for leaf in leaves)


def split_leaves(packed: bytes) -> list[tuple[UUID, bytes]]:
    return [
        (UUID(bytes=packed[start : start + _ID]), packed[start + _ID : start + LEAF])
        for start in range(0, len(packed), LEAF)
    ]


def seal_hash(schema: str, seal: SealRow) -> bytes:
    """SHA-256 over everything a seal says; the workspace is in it, so that no seal serves another one."""
    lines = (
        f"banyan-seal-{seal.form}",
        schema,
        str(seal.seq),
        seal.at.astimezone(UTC).isoformat(timespec="microseconds"),
        f"{seal.from_xact}:{seal.from_id}",
        f"{seal.to_xact}:{seal.to_id}",
        str(seal.count),
        hashlib.sha256(seal.leaves).hexdigest(),
        seal.previous_hash.hex(),
    )
    return hashlib.sha256("\n".join(lines).encode()).digest()


async def seal_workspace(database: Database, schema: str, *, batch: int = BATCH) -> Head | None:
    """Seal everything that is settled, `batch` rows at a time; returns the new head, None when nothing was due."""
    head = None
    while True:
        made = await _seal_next(database, schema, batch)
        if made is None:
            return head
        head = Head(made.seq, made.hash.hex(), made.at)
        if made.count < batch:
            return head


async def _seal_next(database: Database, schema: str, batch: int) -> SealRow | None:
    async with database.transaction() as connection:
        if not await store.take_turn(connection, schema):
            return None
        last = next(iter(await store.newest_seals(connection, schema)), None)
        start = last.end if last else START
        below = await store.settled_before(connection)
        leaves = await store.trail(connection, schema, start, most=batch, below=below)
        if not leaves:
            return None
        end = leaves[-1].place
        seal = SealRow(
            seq=last.seq + 1 if last else 1,
            form=FORM,
            at=datetime.now(UTC),
            from_xact=start.xact,
            from_id=start.id,
            to_xact=end.xact,
            to_id=end.id,
            count=len(leaves),
            leaves=leaf_bytes(leaves),
            previous_hash=last.hash if last else NO_SEAL,
            hash=b"",
        )
        seal = replace(seal, hash=seal_hash(schema, seal))
        await store.insert_seal(connection, schema, seal)
        return seal


class Sealer:
    """Rounds over every workspace. The head goes to the log now and then: logs are kept elsewhere than the database."""

    def __init__(self, database: Database, *, say_every_s: float = 60.0) -> None:
        self._database = database
        self._say_every_s = say_every_s
        self._said: dict[str, float] = {}

    async def work(self, schema: str) -> None:
        head = await seal_workspace(self._database, schema)
        if head is not None and time.monotonic() >= self._said.get(schema, 0.0):
            self._said[schema] = time.monotonic() + self._say_every_s
            _log.info("audit_head", workspace=schema, head=str(head))


async def head_of(database: Database, schema: str) -> Head | None:
    async with database.reader() as connection:
        newest = await store.newest_seals(connection, schema)
    return Head(newest[0].seq, newest[0].hash.hex(), newest[0].at) if newest else None
