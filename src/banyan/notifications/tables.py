"""Tables of notifications in a workspace's schema."""

from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

_WHEN = sa.DateTime(timezone=True)


@dataclass(frozen=True)
class NotificationTables:
    notification: sa.Table
    preference: sa.Table
    mark: sa.Table


@lru_cache(maxsize=256)
def notification_tables(schema: str) -> NotificationTables:
    """The tables for `schema`, built once; keys and constraints stand in the migration."""
    meta = sa.MetaData(schema=schema)
    column = sa.Column
    return NotificationTables(
        notification=sa.Table(
            "notification",
            meta,
            column("id", sa.Uuid),
            column("user_id", sa.Uuid),
            column("kind", sa.Text),
            column("object_id", sa.Uuid),
            column("record_id", sa.Uuid),
            column("actor_id", sa.Uuid),
            column("count", sa.Integer),
            column("params", JSONB),
            column("same", sa.Text),
            column("shown", sa.Boolean),
            column("created_at", _WHEN),
            column("read_at", _WHEN),
            column("archived_at", _WHEN),
            column("snoozed_until", _WHEN),
            column("mailed_at", _WHEN),
        ),
        preference=sa.Table(
            "notification_preference",
            meta,
            column("user_id", sa.Uuid),
            column("kinds", JSONB),
            column("digest", sa.Text),
            column("digest_hour", sa.Integer),
            column("digest_on", sa.Date),
        ),
        mark=sa.Table("notification_mark", meta, column("kind", sa.Text), column("at", _WHEN)),
    )
