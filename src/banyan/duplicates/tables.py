"""Tables of duplicates in a workspace's schema."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

_WHEN = sa.DateTime(timezone=True)


@dataclass(frozen=True)
class DuplicateTables:
    setting: sa.Table
    build: sa.Table
    key: sa.Table
    look: sa.Table
    pair: sa.Table
    asked: sa.Table
    limit: sa.Table
    scan: sa.Table


def _table(meta: sa.MetaData, name: str, **columns: Any) -> sa.Table:
    return sa.Table(name, meta, *(sa.Column(key, kind) for key, kind in columns.items()))


def _scan(meta: sa.MetaData) -> sa.Table:
    uid, document = sa.Uuid(), JSONB()
    return _table(
        meta,
        "duplicate_scan",
        id=uid,
        object_id=uid,
        state=sa.Text(),
        threshold=sa.Float(),
        started_by=uid,
        created_at=_WHEN,
        updated_at=_WHEN,
        ended_at=_WHEN,
        progress=document,
        result=document,
    )


@lru_cache(maxsize=256)
def duplicate_tables(schema: str) -> DuplicateTables:
    """The tables for `schema`, built once; keys and constraints stand in the migration."""
    meta = sa.MetaData(schema=schema)
    uid, text, whole, document = sa.Uuid(), sa.Text(), sa.BigInteger(), JSONB()
    return DuplicateTables(
        setting=_table(
            meta,
            "duplicate_setting",
            object_id=uid,
            rules=document,
            version=sa.Integer(),
            updated_at=_WHEN,
            updated_by=uid,
        ),
        build=_table(
            meta,
            "duplicate_build",
            object_id=uid,
            wanted=text,
            built=text,
            last_id=uid,
            done=whole,
            total=whole,
            updated_at=_WHEN,
        ),
        key=_table(meta, "duplicate_key", record_id=uid, hash=whole, written=whole),
        look=_table(meta, "duplicate_look", id=whole, object_id=uid, first_id=uid, last_id=uid),
        pair=_table(
            meta,
            "duplicate_pair",
            id=uid,
            object_id=uid,
            record_id=uid,
            other_object_id=uid,
            other_id=uid,
            score=sa.Float(),
            reasons=document,
            source=text,
            state=text,
            cluster=uid,
            created_at=_WHEN,
            decided_at=_WHEN,
            decided_by=uid,
            merge_id=uid,
        ),
        asked=_table(meta, "duplicate_asked", user_id=uid, day=sa.Date(), kind=sa.Text(), count=sa.Integer()),
        limit=_table(meta, "duplicate_limit", one=sa.Boolean(), per_day=sa.Integer()),
        scan=_scan(meta),
    )
