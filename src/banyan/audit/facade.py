"""Audit entries: appended in the transaction of what they tell of; the database grants no change to them."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import INET, JSONB

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.kernel.actor import Actor

Outcome = Literal["done", "denied", "failed"]


@lru_cache(maxsize=256)
def entry_table(schema: str) -> sa.Table:
    return sa.Table(
        "audit_entry",
        sa.MetaData(schema=schema),
        sa.Column("id", sa.Uuid),
        sa.Column("at", sa.DateTime(timezone=True)),
        sa.Column("actor_id", sa.Uuid),
        sa.Column("actor_kind", sa.Text),
        sa.Column("real_user_id", sa.Uuid),
        sa.Column("action", sa.Text),
        sa.Column("outcome", sa.Text),
        sa.Column("object_id", sa.Uuid),
        sa.Column("record_id", sa.Uuid),
        sa.Column("target", JSONB),
        sa.Column("detail", JSONB),
        sa.Column("address", INET),
        sa.Column("client", sa.Text),
        sa.Column("session", sa.Text),
    )


async def write_audit(
    connection: Connection,
    actor: Actor,
    action: str,
    target: Mapping[str, Any],
    detail: Mapping[str, Any],
    *,
    outcome: Outcome = "done",
    object_id: UUID | None = None,
    record_id: UUID | None = None,
) -> None:
    """Append one entry in the actor's workspace. Where the actor came from and for whom stands in the actor."""
    await run(
        connection,
        sa.insert(entry_table(actor.workspace)).values(
            actor_id=actor.user_id,
            actor_kind=actor.kind,
            real_user_id=actor.real_user_id,
            action=action,
            outcome=outcome,
            object_id=object_id,
            record_id=record_id,
            target=dict(target),
            detail=dict(detail),
            address=actor.origin.address,
            client=actor.origin.client,
            session=actor.origin.session,
        ),
    )
