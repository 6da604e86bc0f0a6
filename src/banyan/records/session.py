"""What a piece of work on records is bound to: one actor, one policy, one catalog, one moment."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from banyan.access.policy import Policy
from banyan.kernel.actor import Actor
from banyan.metadata.catalog import Catalog
from banyan.metadata.field_types.base import ValueContext
from banyan.query.resolve import Resolver


@dataclass(frozen=True)
class Session:
    actor: Actor
    policy: Policy
    catalog: Catalog
    currency: str = "CNY"
    timezone: str = "Asia/Shanghai"
    now: datetime | None = None

    @cached_property
    def context(self) -> ValueContext:
        return ValueContext(
            me=self.actor.user_id,
            currency=self.currency,
            timezone=self.timezone,
            now=self.now or datetime.now(UTC),
        )

    @cached_property
    def resolver(self) -> Resolver:
        return Resolver(self.catalog, self.context)
