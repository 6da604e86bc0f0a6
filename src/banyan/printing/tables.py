"""Table of the templates that a workspace made its own."""

from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB


@lru_cache(maxsize=256)
def template_table(schema: str) -> sa.Table:
    column = sa.Column
    return sa.Table(
        "print_template",
        sa.MetaData(schema=schema),
        column("id", sa.Uuid),
        column("object_id", sa.Uuid),
        column("language", sa.Text),
        column("company_id", sa.Uuid),
        column("name", sa.Text),
        column("document", JSONB),
        column("active", sa.Boolean),
        column("version", sa.Integer),
        column("updated_by", sa.Uuid),
        column("updated_at", sa.DateTime(timezone=True)),
    )
