"""Platform tables of metadata in one workspace's schema (made by migrations, not at run time)."""

from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB


@dataclass(frozen=True)
class MetadataTables:
    version: sa.Table
    object: sa.Table
    field: sa.Table
    change: sa.Table
    view: sa.Table


@lru_cache(maxsize=256)
def metadata_tables(schema: str) -> MetadataTables:
    """The tables for `schema`, built once."""
    meta = sa.MetaData(schema=schema)
    column, when = sa.Column, sa.DateTime(timezone=True)
    return MetadataTables(
        version=sa.Table(
            "meta_version", meta, column("only_row", sa.Boolean), column("version", sa.BigInteger)
        ),
        object=sa.Table(
            "meta_object",
            meta,
            column("id", sa.Uuid),
            column("api_name", sa.Text),
            column("table_name", sa.Text),
            column("definition", JSONB),
            column("position", sa.Integer),
            column("archived_at", when),
            column("purged_at", when),
        ),
        field=sa.Table(
            "meta_field",
            meta,
            column("id", sa.Uuid),
            column("object_id", sa.Uuid),
            column("api_name", sa.Text),
            column("slug", sa.Text),
            column("type", sa.Text),
            column("definition", JSONB),
            column("position", sa.Integer),
            column("archived_at", when),
            column("purged_at", when),
        ),
        change=sa.Table(
            "meta_change",
            meta,
            column("id", sa.Uuid),
            column("version", sa.BigInteger),
            column("actor_id", sa.Uuid),
            column("at", when),
            column("operations", JSONB),
            column("inverse", JSONB),
            column("reverted_by", sa.Uuid),
        ),
        view=sa.Table(
            "meta_view",
            meta,
            column("id", sa.Uuid),
            column("object_id", sa.Uuid),
            column("definition", JSONB),
            column("owner_id", sa.Uuid),
            column("position", sa.Integer),
            column("version", sa.Integer),
        ),
    )
