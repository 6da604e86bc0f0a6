"""The table of imports in a workspace's schema."""

from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB


@lru_cache(maxsize=256)
def import_table(schema: str) -> sa.Table:
    when = sa.DateTime(timezone=True)
    return sa.Table(
        "import_job",
        sa.MetaData(schema=schema),
        sa.Column("id", sa.Uuid),
        sa.Column("object_id", sa.Uuid),
        sa.Column("created_by", sa.Uuid),
        sa.Column("created_at", when),
        sa.Column("updated_at", when),
        sa.Column("state", sa.Text),
        sa.Column("file_name", sa.Text),
        sa.Column("size", sa.BigInteger),
        sa.Column("data", JSONB),
        sa.Column("progress", JSONB(none_as_null=True)),
        sa.Column("report", JSONB(none_as_null=True)),
        sa.Column("error", JSONB(none_as_null=True)),
        sa.Column("job_id", sa.BigInteger),
        sa.Column("version", sa.Integer),
    )
