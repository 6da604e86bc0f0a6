"""Stages as part of the writing of records: periods and what follows from a stage, on every path."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from banyan.db.database import Connection
from banyan.extension.writes import CHECKS, EVERY, FILLS, HOOKS, MARKS, Breach, Write
from banyan.metadata.states import machine_of
from banyan.records.stages import (
    Writing,
    entered_with,
    fill_stages,
    follow_lines,
    follow_stages,
    lines_of,
    off_their_lines,
)

NAME = "pipelines"


async def _follow(write: Write) -> None:
    since = entered_with(write.session, write.obj, write)
    await follow_stages(Writing(write.connection, write.session, write.obj, write.ids, write.columns, since))
    await _sum_up(write)


async def _sum_up(write: Write) -> None:
    await follow_lines(write.connection, write.session, write.obj, write.ids)


class _Amounts:
    """The amount of a record with lines is what they come to: nobody writes another."""

    async def applies(self, connection: Connection, session: Any, obj: Any) -> bool:
        whole = session.full.by_id[obj.id]
        return machine_of(session.full, whole) is not None and lines_of(session, whole) is not None

    async def __call__(self, write: Write) -> Mapping[UUID, Sequence[Breach]]:
        if write.columns is None:  # The lines of a new record are written with it, and are followed.
            return {}
        found = await off_their_lines(write.connection, write.session, write.obj, write.ids, write.columns)
        if found is None:
            return {}
        amount, ids = found
        return {key: [Breach("amount_of_lines", amount.api_name)] for key in ids}


def register_hooks() -> None:
    FILLS.register(EVERY, NAME, fill_stages)
    HOOKS.register(EVERY, NAME, _follow)
    MARKS.register(EVERY, NAME, _sum_up)
    CHECKS.register(EVERY, NAME, _Amounts())
