"""Tables of pools in a workspace's schema."""

from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

_WHEN = sa.DateTime(timezone=True)


@dataclass(frozen=True)
class PoolTables:
    settings: sa.Table
    period: sa.Table
    request: sa.Table
    run: sa.Table


@lru_cache(maxsize=256)
def pool_tables(schema: str) -> PoolTables:
    """The tables for `schema`, built once; keys and constraints stand in the migration."""
    meta = sa.MetaData(schema=schema)
    column = sa.Column
    return PoolTables(
        settings=sa.Table(
            "pool_settings",
            meta,
            column("pool_id", sa.Uuid),
            column("settings", JSONB),
            column("state", JSONB),
            column("version", sa.Integer),
            column("updated_at", _WHEN),
            column("updated_by", sa.Uuid),
        ),
        period=sa.Table(
            "owner_period",
            meta,
            *(column(name, sa.Uuid) for name in ("id", "object_id", "record_id", "user_id", "pool_id")),
            *(column(name, _WHEN) for name in ("from_at", "until_at")),
            column("began", sa.Text),
            column("began_by", sa.Uuid),
            column("ended", sa.Text),
            column("ended_by", sa.Uuid),
            column("reason", sa.Text),
            *(
                column(name, _WHEN)
                for name in ("respond_by", "contacted_at", "accepted_at", "escalated_at", "warned_for")
            ),
            column("run_id", sa.Uuid),
        ),
        request=sa.Table(
            "pool_request",
            meta,
            *(column(name, sa.Uuid) for name in ("id", "pool_id", "object_id", "record_id", "user_id")),
            *(column(name, sa.Text) for name in ("kind", "state", "reason", "answer")),
            *(column(name, _WHEN) for name in ("asked_at", "decided_at")),
            column("decided_by", sa.Uuid),
        ),
        run=sa.Table(
            "pool_run",
            meta,
            column("id", sa.Uuid),
            column("pool_id", sa.Uuid),
            column("kind", sa.Text),
            column("rule", sa.Text),
            column("at", _WHEN),
            column("count", sa.Integer),
            column("undone_at", _WHEN),
            column("undone_by", sa.Uuid),
            column("undone", sa.Integer),
        ),
    )
