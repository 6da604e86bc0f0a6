"""Tables that formulas read beside records."""

from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY


@dataclass(frozen=True)
class FormulaTables:
    rate: sa.Table
    day: sa.Table
    week: sa.Table


@lru_cache(maxsize=256)
def formula_tables(schema: str) -> FormulaTables:
    meta = sa.MetaData(schema=schema)
    return FormulaTables(
        rate=sa.Table(
            "exchange_rate",
            meta,
            sa.Column("currency", sa.Text),
            sa.Column("day", sa.Date),
            sa.Column("rate", sa.Numeric),
        ),
        day=sa.Table(
            "calendar_day",
            meta,
            sa.Column("day", sa.Date),
            sa.Column("working", sa.Boolean),
            sa.Column("label", sa.Text),
        ),
        week=sa.Table("work_week", meta, sa.Column("days", ARRAY(sa.SmallInteger))),
    )
