"""Tables of quoting in a workspace's schema."""

from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA

from banyan.records.kept_settings import settings_table

_WHEN = sa.DateTime(timezone=True)


@dataclass(frozen=True)
class QuotingTables:
    settings: sa.Table
    sent: sa.Table
    link: sa.Table
    acceptance: sa.Table


@lru_cache(maxsize=256)
def quoting_tables(schema: str) -> QuotingTables:
    """The tables for `schema`, built once."""
    meta = sa.MetaData(schema=schema)
    column = sa.Column
    return QuotingTables(
        settings=settings_table("quoting_settings", meta),
        sent=sa.Table(
            "quote_sent",
            meta,
            column("id", sa.Uuid),
            column("quote_id", sa.Uuid),
            column("quote_version", sa.Integer),
            column("sent_at", _WHEN),
            column("sent_by", sa.Uuid),
            column("name", sa.Text),
            column("media_type", sa.Text),
            column("sha256", BYTEA),
            column("content", BYTEA),
        ),
        link=sa.Table(
            "quote_link",
            meta,
            column("id", sa.Uuid),
            column("quote_id", sa.Uuid),
            column("sent_id", sa.Uuid),
            column("token_hash", BYTEA),
            column("language", sa.Text),
            column("made_at", _WHEN),
            column("made_by", sa.Uuid),
            column("expires_at", _WHEN),
            column("used_at", _WHEN),
            column("ended_at", _WHEN),
        ),
        acceptance=sa.Table(
            "quote_acceptance",
            meta,
            column("id", sa.Uuid),
            column("quote_id", sa.Uuid),
            column("link_id", sa.Uuid),
            column("answered_at", _WHEN),
            column("answer", sa.Text),
            column("name", sa.Text),
            column("title", sa.Text),
            column("reason", sa.Text),
            column("address", sa.Text),
            column("agent", sa.Text),
            column("sha256", BYTEA),
            column("signature", BYTEA),
            column("recorded_by", sa.Uuid),
        ),
    )
