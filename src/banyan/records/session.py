"""What a piece of work on records is bound to: one actor, one policy, one catalog, one moment."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from uuid import UUID

from banyan.access.policy import Policy
from banyan.kernel.actor import Actor
from banyan.kernel.settings import TIMEZONE
from banyan.metadata.catalog import HIDDEN, MASKED, Catalog, Levels
from banyan.metadata.computing import computed_of
from banyan.metadata.field_types.base import ValueContext
from banyan.query.resolve import Resolver
from banyan.records.sealing import sealer

_MOST_RESTRICTED = 64  # catalogs of one version, for as many different rights over fields


@dataclass(frozen=True)
class Session:
    actor: Actor
    policy: Policy
    full: Catalog  # everything there is: for what the house itself does, never for what the actor asks
    currency: str = "CNY"
    timezone: str = TIMEZONE
    now: datetime | None = None
    history: bool = False  # a load of records as they stood: no stage asks them how they got there
    accepts: frozenset[str] = frozenset()  # warnings of checks that the caller has seen and goes on from

    @cached_property
    def catalog(self) -> Catalog:
        """What the actor knows of: hidden fields are not in it, masked and read-only ones are marked."""
        return _restricted(self.full, self.policy.levels, self._unread)

    @property
    def _unread(self) -> frozenset[str]:
        """Of the objects that values are computed from, those the actor may not read."""
        sources = computed_of(self.full).source_keys
        return frozenset(key for key in sources if not self.policy.allows(key, "read"))

    @cached_property
    def context(self) -> ValueContext:
        return ValueContext(
            me=self.actor.user_id,
            currency=self.currency,
            sealer=sealer(),
            timezone=self.timezone,
            variables=_variables(self.actor, self.policy),
            now=self.now or datetime.now(UTC),
        )

    @cached_property
    def resolver(self) -> Resolver:
        return Resolver(self.catalog, self.context, self.full)


def _restricted(catalog: Catalog, levels: Levels, unread: frozenset[str]) -> Catalog:
    """Equal restrictions share one catalog, so that everybody in a role shares one."""
    known: dict[object, Catalog] = catalog.keep("restricted", dict)
    key = (levels, unread)
    if key not in known:
        if len(known) >= _MOST_RESTRICTED:
            known.clear()  # Rights that were changed since are asked for no more.
        known[key] = catalog.restricted(_with_computed(catalog, levels, unread))
    return known[key]


def _with_computed(catalog: Catalog, levels: Levels, unread: frozenset[str]) -> Levels:
    """What is computed from something withheld is hidden too: a formula would tell it."""
    computed = computed_of(catalog)
    if not (levels or unread):
        return levels
    by_key = {key: dict(fields) for key, fields in levels}
    withheld = {
        (obj.id, field.id)
        for obj in catalog.objects
        for field in obj.fields
        if obj.grant_key in unread or by_key.get(obj.grant_key, {}).get(field.id) in (HIDDEN, MASKED)
    }
    for object_id, field_id in computed.graph.nodes:
        obj = catalog.by_id[object_id]
        if not withheld.isdisjoint(computed.graph.sources[object_id, field_id]):
            withheld.add((object_id, field_id))
            by_key.setdefault(obj.grant_key, {})[field_id] = HIDDEN
    _hide_what_speaks_of(catalog, withheld, by_key)
    return tuple((key, tuple(sorted(fields.items()))) for key, fields in sorted(by_key.items()))


def _hide_what_speaks_of(
    catalog: Catalog, withheld: set[tuple[UUID, UUID]], by_key: dict[str, dict[UUID, str]]
) -> None:
    """A button that writes or shows a withheld field would tell its name and what is written there."""
    for obj in catalog.objects:
        for field in obj.fields:
            named = field.kind.speaks_of(field) if field.kind.virtual else ()
            spoken = (obj.by_name[name].id for name in named if name in obj.by_name)
            if any((obj.id, one) in withheld for one in spoken):
                by_key.setdefault(obj.grant_key, {})[field.id] = HIDDEN


def _variables(actor: Actor, policy: Policy) -> dict[str, tuple[str, ...]]:
    return {"me": (str(actor.user_id),) if actor.user_id else (), **policy.standing.variables}
