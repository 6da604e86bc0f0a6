"""Merging everything above a score: many groups a transaction, and one by one where one of them is refused."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from banyan.db.database import Connection
from banyan.duplicates.review import clusters_above, note_merged
from banyan.events import EventBus
from banyan.kernel.errors import BanyanError
from banyan.metadata.catalog import Object
from banyan.records.merging import MOST_OTHERS, Group, merge
from banyan.records.session import Session

MOST_AT_ONCE = 200
_TOGETHER = 50


@dataclass
class Accepted:
    """`left` is how many groups above the score still wait; `refused` counts codes."""

    merged: int = 0
    records: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    merges: list[str] = field(default_factory=list)
    left: int = 0

    def document(self) -> dict[str, Any]:
        return {
            "merged": self.merged,
            "records": self.records,
            "refused": self.refused,
            "merges": self.merges,
            "left": self.left,
        }


Transaction = Callable[[], AbstractAsyncContextManager[Connection]]


async def accept_above(
    transaction: Transaction,
    session: Session,
    bus: EventBus,
    obj: Object,
    score: float,
    limit: int,
    skip: int = 0,
) -> Accepted:
    """Merge the next groups whose pairs reach `score`, the oldest record of each as the one that stays.

    `skip`: so many were refused before; they are still there, and would stand in the way of those behind them.
    """
    async with transaction() as connection:
        found = (await clusters_above(connection, session, obj, score, 1_000_000))[skip:]
    done = Accepted(left=max(len(found) - limit, 0))
    groups = [Group(keys[0], tuple(keys[1 : MOST_OTHERS + 1])) for keys in found[:limit]]
    for start in range(0, len(groups), _TOGETHER):
        part = groups[start : start + _TOGETHER]
        try:
            await _merge(transaction, session, bus, obj, part, done)
        except BanyanError:  # Somebody of them is refused: each for itself tells whom.
            for group in part:
                try:
                    await _merge(transaction, session, bus, obj, [group], done)
                except BanyanError as error:
                    done.refused[error.code] = done.refused.get(error.code, 0) + 1
    return done


async def _merge(
    transaction: Transaction,
    session: Session,
    bus: EventBus,
    obj: Object,
    groups: list[Group],
    done: Accepted,
) -> None:
    async with transaction() as connection:
        await merge(connection, session, bus, obj, groups)
        await note_merged(connection, session, groups)
    done.merged += len(groups)
    done.records += sum(len(group.ids) for group in groups)
    done.merges += [str(group.merge_id) for group in groups]
