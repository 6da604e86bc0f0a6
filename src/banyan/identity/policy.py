"""What a workspace asks of sign-in: passwords, sessions, second factors. Stored as one document."""

from datetime import timedelta

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.identity import settings
from banyan.identity.tables import identity_tables

KEY = "policy"
# The widest idle time a workspace may choose; finding a session never looks further back.
LONGEST_IDLE_DAYS = 30


class SecurityPolicy(BaseModel):
    """Composition and rotation are off by default: they are there for organisations that must have them (等级保护)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_length: int = Bound(default=8, ge=8, le=64)
    character_kinds: int = Bound(default=0, ge=0, le=4)
    max_age_days: int | None = Bound(default=None, ge=1, le=3650)
    remembered: int = Bound(default=0, ge=0, le=12)
    idle_minutes: int = Bound(default=7 * 24 * 60, ge=5, le=LONGEST_IDLE_DAYS * 24 * 60)
    absolute_hours: int = Bound(default=30 * 24, ge=1, le=365 * 24)
    require_second_factor: bool = False
    alert_new_device: bool = True

    @property
    def idle(self) -> timedelta:
        return timedelta(minutes=self.idle_minutes)

    @property
    def absolute(self) -> timedelta:
        return timedelta(hours=self.absolute_hours)


async def security_policy(connection: Connection, schema: str) -> SecurityPolicy:
    found = await settings.read(connection, schema, KEY)
    return SecurityPolicy() if found is None else SecurityPolicy.model_validate(found.value)


async def change_policy(connection: Connection, schema: str, policy: SecurityPolicy) -> None:
    """Store the policy and hold the sessions that are open to it at once."""
    await settings.write(connection, schema, KEY, policy.model_dump(mode="json"))
    table = identity_tables(schema).session
    ends = sa.func.least(table.c.ends_at, table.c.created_at + policy.absolute)
    await run(
        connection,
        sa.update(table).values(
            ends_at=ends,
            expires_at=sa.func.least(ends, table.c.last_seen_at + policy.idle),
            powers_withheld=lacks_second_factor(schema, table.c.user_id)
            if policy.require_second_factor
            else sa.false(),
        ),
    )


def lacks_second_factor(schema: str, user_id: sa.ColumnElement[object]) -> sa.ColumnElement[bool]:
    """Whether a person has neither a confirmed authenticator nor a passkey."""
    totp, passkey = identity_tables(schema).totp, identity_tables(schema).passkey
    return ~sa.exists().where(
        totp.c.user_id == user_id, totp.c.confirmed_at.is_not(None)
    ) & ~sa.exists().where(passkey.c.user_id == user_id)
