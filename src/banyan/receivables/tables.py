"""Tables of receivables in a workspace's schema. What a check finds is written by `query.reconciliation`."""

from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa


@dataclass(frozen=True)
class ReceivablesTables:
    check: sa.Table
    finding: sa.Table


@lru_cache(maxsize=256)
def receivables_tables(schema: str) -> ReceivablesTables:
    """The tables for `schema`, built once."""
    meta = sa.MetaData(schema=schema)
    column = sa.Column
    return ReceivablesTables(
        check=sa.Table(
            "receivables_check",
            meta,
            column("id", sa.Uuid),
            column("at", sa.DateTime(timezone=True)),
            column("night", sa.Date),
            column("run_by", sa.Uuid),
            column("rules", sa.Integer),
            column("findings", sa.Integer),
            column("took_ms", sa.Integer),
        ),
        finding=sa.Table(
            "receivables_finding",
            meta,
            column("check_id", sa.Uuid),
            column("rule", sa.Text),
            column("object_id", sa.Uuid),
            column("record_id", sa.Uuid),
            column("expected", sa.Numeric),
            column("found", sa.Numeric),
        ),
    )
