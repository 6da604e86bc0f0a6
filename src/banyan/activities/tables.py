"""Tables of activities in a workspace's schema."""

from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

_WHEN = sa.DateTime(timezone=True)


@dataclass(frozen=True)
class ActivityTables:
    comment: sa.Table
    pin: sa.Table
    snooze: sa.Table
    recent: sa.Table


@lru_cache(maxsize=256)
def activity_tables(schema: str) -> ActivityTables:
    """The tables for `schema`, built once; keys and constraints stand in the migration."""
    meta = sa.MetaData(schema=schema)
    column = sa.Column
    return ActivityTables(
        comment=sa.Table(
            "comment",
            meta,
            column("id", sa.Uuid),
            column("object_id", sa.Uuid),
            column("record_id", sa.Uuid),
            column("author_id", sa.Uuid),
            column("body", sa.Text),
            column("mentions", ARRAY(sa.Uuid)),
            column("created_at", _WHEN),
            column("updated_at", _WHEN),
            column("version", sa.Integer),
            column("deleted_at", _WHEN),
        ),
        pin=sa.Table(
            "timeline_pin",
            meta,
            column("record_id", sa.Uuid),
            column("item_key", sa.Text),
            column("pinned_by", sa.Uuid),
            column("pinned_at", _WHEN),
        ),
        snooze=sa.Table(
            "today_snooze",
            meta,
            column("user_id", sa.Uuid),
            column("record_id", sa.Uuid),
            column("reason", sa.Text),
            column("until", _WHEN),
        ),
        recent=sa.Table(
            "recent",
            meta,
            column("user_id", sa.Uuid),
            column("record_id", sa.Uuid),
            column("object_id", sa.Uuid),
            column("opened", sa.Integer),
            column("last_at", _WHEN),
        ),
    )
