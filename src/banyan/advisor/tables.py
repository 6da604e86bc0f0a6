"""The table of indexes that administrators asked for."""

from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

_WHEN = sa.DateTime(timezone=True)


@lru_cache(maxsize=256)
def index_table(schema: str) -> sa.Table:
    """The table for `schema`, built once; keys and constraints stand in the migration."""
    kinds: dict[str, Any] = {
        "id": sa.Uuid(),
        "object_id": sa.Uuid(),
        "fields": ARRAY(sa.Uuid()),
        "name": sa.Text(),
        "state": sa.Text(),
        "progress": JSONB(),
        "error": sa.Text(),
        "asked_by": sa.Uuid(),
        "created_at": _WHEN,
        "ended_at": _WHEN,
    }
    return sa.Table(
        "advised_index", sa.MetaData(schema=schema), *(sa.Column(name, kind) for name, kind in kinds.items())
    )
