"""Tables of conversions in a workspace's schema."""

from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB


@dataclass(frozen=True)
class PipelineTables:
    conversion: sa.Table
    comment: sa.Table


@lru_cache(maxsize=256)
def pipeline_tables(schema: str) -> PipelineTables:
    """The tables for `schema`, built once; keys and constraints stand in the migrations."""
    meta = sa.MetaData(schema=schema)
    column, when, key = sa.Column, sa.DateTime(timezone=True), sa.Uuid
    return PipelineTables(
        conversion=sa.Table(
            "lead_conversion",
            meta,
            column("lead_id", key),
            column("at", when),
            column("by_user", key),
            column("was_status", sa.Text),
            column("made", JSONB),
            column("linked", JSONB),
        ),
        comment=sa.Table(
            "comment",
            meta,
            column("id", key),
            column("object_id", key),
            column("record_id", key),
            column("author_id", key),
            column("body", sa.Text),
            column("mentions", sa.ARRAY(sa.Uuid)),
            column("created_at", when),
            column("updated_at", when),
            column("deleted_at", when),
        ),
    )
