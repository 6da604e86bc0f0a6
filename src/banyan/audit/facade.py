"""Audit entries: appended in the transaction of what they tell of; the database grants no change to them."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import INET, JSONB

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.kernel.actor import Actor


@lru_cache(maxsize=256)
def _table(schema: str) -> sa.Table:
    return sa.Table(
        "audit_entry",
        sa.MetaData(schema=schema),
        sa.Column("actor_id", sa.Uuid),
        sa.Column("actor_kind", sa.Text),
        sa.Column("action", sa.Text),
        sa.Column("target", JSONB),
        sa.Column("detail", JSONB),
        sa.Column("address", INET),
        sa.Column("client", sa.Text),
    )


async def write_audit(
    connection: Connection, actor: Actor, action: str, target: Mapping[str, Any], detail: Mapping[str, Any]
) -> None:
    """Append one entry in the actor's workspace."""
    await run(
        connection,
        sa.insert(_table(actor.workspace)).values(
            actor_id=actor.user_id,
            actor_kind=actor.kind,
            action=action,
            target=dict(target),
            detail=dict(detail),
            address=actor.origin.address,
            client=actor.origin.client,
        ),
    )
