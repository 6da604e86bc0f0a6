"""How a workspace quotes: who may give away how much, how long a quote holds, whether links leave the house."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.db.database import Connection
from banyan.quoting.tables import quoting_tables
from banyan.records.kept_settings import read_kept, write_kept
from banyan.records.session import Session

Percent = Annotated[Decimal, Bound(ge=0, le=100, decimal_places=4)]
RoleKey = Annotated[str, Bound(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
USUAL: Mapping[str, Decimal] = {
    "member": Decimal(10),
    "team_lead": Decimal(20),
    "department_head": Decimal(35),
    "administrator": Decimal(100),
}


class QuotingSettings(BaseModel):
    """`limits`: the largest discount in percent by role; a role that is not named may give none by itself.

    Without any limit nobody is asked. `public_links` is off until somebody with the power to configure has set it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    limits: dict[RoleKey, Percent] = Bound(default_factory=lambda: dict(USUAL), max_length=200)
    validity_days: int = Bound(default=30, ge=1, le=720)
    public_links: bool = False

    def limit_of(self, roles: Iterable[str]) -> Decimal:
        """The largest discount that somebody in these roles gives without asking."""
        if not self.limits:
            return Decimal(100)
        return max((self.limits.get(role, Decimal(0)) for role in roles), default=Decimal(0))

    def document(self) -> dict[str, Any]:
        return {
            "limits": {role: f"{limit.normalize():f}" for role, limit in sorted(self.limits.items())},
            "validity_days": self.validity_days,
            "public_links": self.public_links,
        }


async def read_settings(connection: Connection, schema: str) -> tuple[QuotingSettings, int]:
    """The settings and their version; 0 before anybody has set them."""
    return await read_kept(connection, quoting_tables(schema).settings, QuotingSettings)


async def write_settings(
    connection: Connection, session: Session, settings: QuotingSettings, version: int
) -> int:
    """The new version. Raises Conflict where somebody has written them since `version` was read."""
    table = quoting_tables(session.full.schema).settings
    return await write_kept(connection, session, table, settings.document(), version)
