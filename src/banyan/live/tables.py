"""What is read and kept of live changes in a workspace's schema."""

from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa

_WHEN = sa.DateTime(timezone=True)


@dataclass(frozen=True)
class LiveTables:
    history: sa.Table
    notification: sa.Table
    presence: sa.Table


@lru_cache(maxsize=256)
def live_tables(schema: str) -> LiveTables:
    """The tables for `schema`, built once; only what is needed of them."""
    meta = sa.MetaData(schema=schema)
    column = sa.Column
    return LiveTables(
        history=sa.Table(
            "record_history",
            meta,
            column("id", sa.Uuid),
            column("object_id", sa.Uuid),
            column("record_id", sa.Uuid),
            column("version", sa.Integer),
            column("actor_id", sa.Uuid),
        ),
        notification=sa.Table(
            "notification",
            meta,
            column("user_id", sa.Uuid),
            column("created_at", _WHEN),
            column("id", sa.Uuid),
        ),
        presence=sa.Table(
            "presence",
            meta,
            column("stream", sa.Uuid),
            column("record_id", sa.Uuid),
            column("object_id", sa.Uuid),
            column("user_id", sa.Uuid),
            column("seen_at", _WHEN),
        ),
    )
