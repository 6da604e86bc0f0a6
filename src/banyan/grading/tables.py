"""Tables of rules, of what they hold, and of what makes a record complete."""

from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

_WHEN = sa.DateTime(timezone=True)


@dataclass(frozen=True)
class GradingTables:
    rule: sa.Table
    completeness: sa.Table


@lru_cache(maxsize=256)
def grading_tables(schema: str) -> GradingTables:
    """The tables for `schema`, built once; marks are written and read by `query.grading`."""
    meta = sa.MetaData(schema=schema)
    column = sa.Column
    return GradingTables(
        rule=sa.Table(
            "grading_rule",
            meta,
            column("id", sa.Uuid),
            column("object_id", sa.Uuid),
            column("position", sa.Integer),
            column("active", sa.Boolean),
            column("settings", JSONB),
            column("owner_id", sa.Uuid),
            column("version", sa.Integer),
            column("updated_by", sa.Uuid),
            column("updated_at", _WHEN),
        ),
        completeness=sa.Table(
            "completeness_setting",
            meta,
            column("object_id", sa.Uuid),
            column("fields", JSONB),
            column("version", sa.Integer),
            column("updated_by", sa.Uuid),
            column("updated_at", _WHEN),
        ),
    )
