"""The table of exports in a workspace's schema."""

from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB


@lru_cache(maxsize=256)
def export_table(schema: str) -> sa.Table:
    """Built once; keys, states and defaults stand in the migration."""
    column, when = sa.Column, sa.DateTime(timezone=True)
    return sa.Table(
        "export_job",
        sa.MetaData(schema=schema),
        column("id", sa.Uuid),
        column("user_id", sa.Uuid),
        column("object_id", sa.Uuid),
        column("request", JSONB),
        column("name", sa.Text),
        column("format", sa.Text),
        column("state", sa.Text),
        column("rows", sa.BigInteger),
        column("done", sa.BigInteger),
        column("size", sa.BigInteger),
        column("error", sa.Text),
        column("created_at", when),
        column("finished_at", when),
        column("expires_at", when),
    )
