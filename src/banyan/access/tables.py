"""Tables of roles and grants in a workspace's schema."""

from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB


@dataclass(frozen=True)
class AccessTables:
    role: sa.Table
    grant: sa.Table
    assignment: sa.Table
    version: sa.Table


@lru_cache(maxsize=256)
def access_tables(schema: str) -> AccessTables:
    meta = sa.MetaData(schema=schema)
    return AccessTables(
        role=sa.Table("role", meta, sa.Column("key", sa.Text), sa.Column("label", JSONB)),
        grant=sa.Table(
            "role_grant",
            meta,
            sa.Column("role_key", sa.Text),
            sa.Column("object", sa.Text),
            sa.Column("action", sa.Text),
            sa.Column("scope", sa.Text),
        ),
        assignment=sa.Table(
            "role_assignment", meta, sa.Column("user_id", sa.Uuid), sa.Column("role_key", sa.Text)
        ),
        version=sa.Table("policy_version", meta, sa.Column("version", sa.BigInteger)),
    )
