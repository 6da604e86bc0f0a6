"""Tables of forecasts in a workspace's schema."""

from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa

from banyan.records.kept_settings import settings_table

_WHEN = sa.DateTime(timezone=True)


@dataclass(frozen=True)
class ForecastTables:
    settings: sa.Table
    snapshot: sa.Table
    judgement: sa.Table


@lru_cache(maxsize=256)
def forecast_tables(schema: str) -> ForecastTables:
    """The tables for `schema`, built once; rows of snapshots are written and read by `query.deals`."""
    meta = sa.MetaData(schema=schema)
    column = sa.Column
    return ForecastTables(
        settings=settings_table("forecast_settings", meta),
        snapshot=sa.Table(
            "forecast_snapshot",
            meta,
            column("id", sa.Uuid),
            column("taken_at", _WHEN),
            column("kind", sa.Text),
            column("due_on", sa.Date),
            column("taken_by", sa.Uuid),
            column("deals", sa.Integer),
        ),
        judgement=sa.Table(
            "forecast_judgement",
            meta,
            column("id", sa.Uuid),
            column("period", sa.Text),
            column("person_id", sa.Uuid),
            column("category", sa.Text),
            column("currency", sa.Text),
            column("amount", sa.Numeric),
            column("was", sa.Numeric),
            column("note", sa.Text),
            column("judged_by", sa.Uuid),
            column("judged_at", _WHEN),
        ),
    )
