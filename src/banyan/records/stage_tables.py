"""Platform tables of stages: how long a record was in each, and what was ticked off there."""

from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa


@dataclass(frozen=True)
class StageTables:
    period: sa.Table
    check: sa.Table


@lru_cache(maxsize=256)
def stage_tables(schema: str) -> StageTables:
    """The tables for `schema`, built once."""
    meta = sa.MetaData(schema=schema)
    column, when, key, text = sa.Column, sa.DateTime(timezone=True), sa.Uuid, sa.Text
    return StageTables(
        period=sa.Table(
            "stage_period",
            meta,
            column("id", key),
            column("object_id", key),
            column("record_id", key),
            column("field_id", key),
            column("pipeline", text),
            column("stage", text),
            column("entered_at", when),
            column("entered_by", key),
            column("left_at", when),
            column("left_by", key),
            column("to_stage", text),
            column("amount", sa.Numeric),
            column("currency", text),
        ),
        check=sa.Table(
            "stage_check",
            meta,
            column("object_id", key),
            column("record_id", key),
            column("pipeline", text),
            column("stage", text),
            column("item", text),
            column("done_at", when),
            column("done_by", key),
        ),
    )
