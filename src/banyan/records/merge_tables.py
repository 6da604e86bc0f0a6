"""Tables of merges in a workspace's schema."""

from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

_WHEN = sa.DateTime(timezone=True)


@dataclass(frozen=True)
class MergeTables:
    merge: sa.Table
    merged: sa.Table


@lru_cache(maxsize=256)
def merge_tables(schema: str) -> MergeTables:
    """The tables for `schema`, built once; the ledger of what moved is written by `query.merging` alone."""
    meta = sa.MetaData(schema=schema)
    column = sa.Column
    return MergeTables(
        merge=sa.Table(
            "record_merge",
            meta,
            column("id", sa.Uuid),
            column("object_id", sa.Uuid),
            column("survivor_id", sa.Uuid),
            column("at", _WHEN),
            column("actor_id", sa.Uuid),
            column("before", JSONB),
            column("after", JSONB),
            column("state", sa.Text),
            column("undone_at", _WHEN),
            column("undone_by", sa.Uuid),
            column("told", JSONB),
        ),
        merged=sa.Table(
            "record_merged",
            meta,
            column("record_id", sa.Uuid),
            column("merge_id", sa.Uuid),
            column("survivor_id", sa.Uuid),
            column("title", sa.Text),
        ),
    )
