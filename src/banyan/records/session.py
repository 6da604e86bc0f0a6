"""What a piece of work on records is bound to: one actor, one policy, one catalog, one moment."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache

from banyan.access.policy import Policy
from banyan.kernel.actor import Actor
from banyan.metadata.catalog import Catalog, Levels
from banyan.metadata.field_types.base import ValueContext
from banyan.query.resolve import Resolver


@dataclass(frozen=True)
class Session:
    actor: Actor
    policy: Policy
    full: Catalog  # everything there is: for what the house itself does, never for what the actor asks
    currency: str = "CNY"
    timezone: str = "Asia/Shanghai"
    now: datetime | None = None

    @cached_property
    def catalog(self) -> Catalog:
        """What the actor knows of: hidden fields are not in it, masked and read-only ones are marked."""
        return _restricted(self.full, self.policy.levels)

    @cached_property
    def context(self) -> ValueContext:
        return ValueContext(
            me=self.actor.user_id,
            currency=self.currency,
            timezone=self.timezone,
            variables=_variables(self.actor, self.policy),
            now=self.now or datetime.now(UTC),
        )

    @cached_property
    def resolver(self) -> Resolver:
        return Resolver(self.catalog, self.context, self.full)


@lru_cache(maxsize=512)
def _restricted(catalog: Catalog, levels: Levels) -> Catalog:
    """Equal restrictions share one catalog, so that everybody in a role shares one."""
    return catalog.restricted(levels)


def _variables(actor: Actor, policy: Policy) -> dict[str, tuple[str, ...]]:
    standing = policy.standing
    return {
        "me": (str(actor.user_id),) if actor.user_id else (),
        "my_subordinates": tuple(map(str, standing.subordinates)),
        "my_department": (str(standing.main_department),) if standing.main_department else (),
        "my_departments": tuple(map(str, standing.departments)),
        "my_departments_and_below": tuple(map(str, standing.below)),
    }
