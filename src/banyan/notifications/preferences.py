"""What a person wants to be told, where, and how often by mail."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Literal
from uuid import UUID

import orjson
import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, field_validator
from pydantic import Field as Bound
from sqlalchemy.dialects.postgresql import insert

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.kernel.faults import Fault
from banyan.notifications.kinds import KINDS, Channel
from banyan.notifications.tables import notification_tables

Digest = Literal["off", "daily", "weekdays"]


class KindChoice(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    inbox: bool = True
    mail: Channel = "digest"


class Preferences(BaseModel):
    """`kinds` by key; the rest is as it comes. The digest goes at `digest_hour` of the workspace."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kinds: dict[str, KindChoice] = Bound(default_factory=dict)
    digest: Digest = "off"
    digest_hour: int = Bound(default=8, ge=0, le=23)

    @field_validator("kinds")
    @classmethod
    def _known(cls, kinds: dict[str, KindChoice]) -> dict[str, KindChoice]:
        unknown = sorted(set(kinds) - set(KINDS))
        if unknown:
            raise Fault("no_notification", name=unknown[0])
        return kinds


async def read_preferences(connection: Connection, schema: str, user: UUID) -> Preferences:
    table = notification_tables(schema).preference
    asked = sa.select(table.c.kinds, table.c.digest, table.c.digest_hour).where(table.c.user_id == user)
    row = await (await run(connection, asked)).fetchone()
    stored = Preferences() if row is None else _from_row(row)
    return stored.model_copy(update={"kinds": {key: choice_of(stored, key) for key in KINDS}})


async def preferences_of(connection: Connection, schema: str, user: UUID) -> tuple[Preferences, date | None]:
    """What is stored, and the day of the last digest."""
    table = notification_tables(schema).preference
    columns = (table.c.kinds, table.c.digest, table.c.digest_hour, table.c.digest_on)
    row = await (await run(connection, sa.select(*columns).where(table.c.user_id == user))).fetchone()
    return (Preferences(), None) if row is None else (_from_row(row), row[3])


def choice_of(stored: Preferences, kind: str) -> KindChoice:
    return stored.kinds.get(kind) or KindChoice(mail=KINDS[kind].mail)


def _from_row(row: Any) -> Preferences:
    kinds = {key: value for key, value in orjson.loads(row[0]).items() if key in KINDS}
    return Preferences.model_validate({"kinds": kinds, "digest": row[1], "digest_hour": row[2]})


async def write_preferences(connection: Connection, schema: str, user: UUID, wanted: Preferences) -> None:
    table = notification_tables(schema).preference
    values = wanted.model_dump(mode="json")
    statement = insert(table).values(user_id=user, **values)
    await run(connection, statement.on_conflict_do_update(index_elements=["user_id"], set_=values))


async def unwanted_by(connection: Connection, schema: str, users: Collection[UUID]) -> set[tuple[UUID, str]]:
    """(person, kind) that stay out of the inbox."""
    table = notification_tables(schema).preference
    asked = sa.select(table.c.user_id, table.c.kinds).where(table.c.user_id.in_(users))
    rows = await (await run(connection, asked)).fetchall()
    found = set()
    for user, kinds in rows:
        chosen: Mapping[str, Any] = orjson.loads(kinds)
        found |= {(user, key) for key, choice in chosen.items() if not choice.get("inbox", True)}
    return found
