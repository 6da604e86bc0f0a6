"""Tables of identity in a workspace's schema."""

from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA, INET


@dataclass(frozen=True)
class IdentityTables:
    credential: sa.Table
    session: sa.Table
    link: sa.Table


@lru_cache(maxsize=256)
def identity_tables(schema: str) -> IdentityTables:
    meta, when = sa.MetaData(schema=schema), sa.DateTime(timezone=True)
    return IdentityTables(
        credential=sa.Table(
            "credential",
            meta,
            sa.Column("user_id", sa.Uuid),
            sa.Column("sign_in", sa.Text),
            sa.Column("password_hash", sa.Text),
            sa.Column("state", sa.Text),
            sa.Column("language", sa.Text),
        ),
        session=sa.Table(
            "session",
            meta,
            sa.Column("token_hash", BYTEA),
            sa.Column("user_id", sa.Uuid),
            sa.Column("last_seen_at", when),
            sa.Column("expires_at", when),
            sa.Column("address", INET),
            sa.Column("client", sa.Text),
        ),
        link=sa.Table(
            "one_time_link",
            meta,
            sa.Column("token_hash", BYTEA),
            sa.Column("user_id", sa.Uuid),
            sa.Column("purpose", sa.Text),
            sa.Column("expires_at", when),
            sa.Column("used_at", when),
        ),
    )
