"""What an actor may do. Default is nothing; grants OR, restrictions AND; no right comes from being an administrator.

A `Policy` is compiled once per person and policy version (`access.compile`) and then only asked. Row rights are a
tuple of arms, each with its reason; a row is open when one arm holds. `query.predicates` turns arms into SQL.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast
from uuid import UUID

from banyan.access.model import (
    ACTIONS,
    EDIT_ACTIONS,
    EVERY_OBJECT,
    POWERS,
    READ_ACTIONS,
    Action,
    FieldAccess,
    Grant,
    HeldRole,
    Level,
    Power,
    Reason,
    SharingRule,
    Standing,
)
from banyan.filters.ast import Filter
from banyan.kernel.actor import Actor
from banyan.kernel.errors import Denied


@dataclass(frozen=True)
class Everything:
    """Every row."""


@dataclass(frozen=True)
class Owned:
    """Rows whose owner is one of these people."""

    people: tuple[UUID, ...]


@dataclass(frozen=True)
class InDepartments:
    """Rows whose department (their owner's) is one of these."""

    departments: tuple[UUID, ...]


@dataclass(frozen=True)
class OfParent:
    """Rows whose parent record is open to the same actor for `action`."""

    field_id: UUID
    action: Action


@dataclass(frozen=True)
class Shared:
    """Rows shared with one of the actor's principals, by hand or as record team."""

    principals: tuple[str, ...]
    edit: bool


@dataclass(frozen=True)
class Where:
    """Rows that satisfy a filter of a role or a sharing rule."""

    condition: Filter


Arm = Everything | Owned | InDepartments | OfParent | Shared | Where


@dataclass(frozen=True)
class Because:
    """An arm and why the actor has it."""

    arm: Arm
    reason: Reason


@dataclass(frozen=True, eq=False)
class Policy:
    """Rights of one actor at one policy version.

    `grants` maps (object grant key or '*', action) to the grants of the roles held; per role a grant for a named
    object has replaced its one for every object. `fields` holds what differs from full access, by field id.
    """

    actor: Actor
    grants: Mapping[tuple[str, str], tuple[Grant, ...]]
    version: int = 0
    powers: frozenset[Power] = frozenset()
    fields: Mapping[str, Mapping[UUID, FieldAccess]] = field(default_factory=dict)
    rules: Mapping[str, tuple[SharingRule, ...]] = field(default_factory=dict)
    standing: Standing = field(default_factory=Standing)
    parents: Mapping[str, UUID] = field(default_factory=dict)
    roles: tuple[HeldRole, ...] = ()
    valid_until: datetime | None = None  # a role begins or ends then
    _rows: dict[tuple[str, str], tuple[Because, ...]] = field(default_factory=dict)
    # Never taken along into a policy made from this one.
    _allowed: dict[tuple[str, str], bool] = field(default_factory=dict, init=False, repr=False)

    @property
    def of_house(self) -> bool:
        """Whether these are the installation's own rights, which nobody who signs in holds."""
        return not self.roles and any(each.role == "system" for each in self.granted(EVERY_OBJECT, "update"))

    def has(self, power: Power) -> bool:
        """Whether an administrative power (not a right on data) is held."""
        return power in self.powers and not self.actor.read_only

    def granted(self, object_key: str, action: Action) -> tuple[Grant, ...]:
        found = self.grants.get((object_key, action))
        every = self.grants.get((EVERY_OBJECT, action), ())
        if found is None:
            return every
        named = {grant.role for grant in found}
        return (*found, *(grant for grant in every if grant.role not in named))

    def allows(self, object_key: str, action: Action) -> bool:
        """Whether the action is possible on some row: by a role, or because rows were opened by sharing.

        Sharing widens what a role lets one do with other rows; it never gives an action no role gives.
        """
        key = (object_key, action)
        known = self._allowed.get(key)
        if known is None:
            open_to = not self.actor.read_only or action == "read"
            granted = any(grant.scope != "none" for grant in self.granted(object_key, action))
            known = self._allowed[key] = open_to and granted
        return known

    def require(self, object_key: str, action: Action) -> None:
        """Raise Denied unless the action is granted at all; rows are narrowed by `rows`."""
        if not self.allows(object_key, action):
            raise Denied("action_denied", action=action, object=object_key)

    def unrestricted(self, object_key: str, action: Action) -> bool:
        """Whether every row is open to the action."""
        return any(isinstance(each.arm, Everything) for each in self.rows(object_key, action))

    def rows(self, object_key: str, action: Action) -> tuple[Because, ...]:
        """The arms, any of which opens a row to the action. None at all: no row."""
        key = (object_key, action)
        known = self._rows.get(key)
        if known is None:
            known = self._rows[key] = self._compile(object_key, action)
        return known

    def _compile(self, object_key: str, action: Action) -> tuple[Because, ...]:
        if not self.allows(object_key, action):
            return ()
        found = [
            Because(arm, Reason("role", grant.role, grant.scope))
            for grant in self.granted(object_key, action)
            for arm in self._arms(object_key, action, grant)
        ]
        whole = next((each for each in found if isinstance(each.arm, Everything)), None)
        if whole is not None:
            return (whole,)
        found += [
            Because(Where(rule.condition), Reason("rule", str(rule.id), label=rule.name))
            for rule in self.rules.get(object_key, ())
            if action in (EDIT_ACTIONS if rule.access == "edit" else READ_ACTIONS)
        ]
        if action in EDIT_ACTIONS and self.standing.principals:
            shared = Shared(self.standing.principals, action not in READ_ACTIONS)
            found.append(Because(shared, Reason("share", "share")))
        # Two roles may open the same rows: one arm, with the first reason.
        return tuple(
            each for index, each in enumerate(found) if all(each.arm != other.arm for other in found[:index])
        )

    def _arms(self, object_key: str, action: Action, grant: Grant) -> list[Arm]:  # noqa: PLR0911 - one line per scope
        me, standing = self.actor.user_id, self.standing
        own: list[Arm] = [Owned((me,))] if me is not None else []
        match grant.scope:
            case "all":
                return [Everything()]
            case "own":
                return own
            case "subordinates":
                return [Owned((me, *standing.subordinates))] if me is not None else []
            case "department":
                return [*own, *_within(standing.departments)]
            case "department_below":
                return [*own, *_within(standing.below)]
            case "departments":
                return [*own, *_within(grant.departments)]
            case "parent":
                parent = self.parents.get(object_key)
                return [*own, *([OfParent(parent, action)] if parent else [])]
            case "filter":
                return [Where(grant.condition)] if grant.condition is not None else []
            case _:
                return []

    def access(self, object_key: str, field_id: UUID) -> FieldAccess:
        return self.fields.get(object_key, {}).get(field_id, FieldAccess())

    def narrowed(self, object_key: str, condition: Filter, hidden: Iterable[UUID]) -> "Policy":
        """The same rights elsewhere; of `object_key` the rows of `condition` alone, only to read, and fewer fields.

        For what opens records by a way of its own (a pool). No record of another object is opened through its parent.
        """
        because = Because(Where(condition), Reason("system", "pool"))
        every = {grant.role for action in ACTIONS for grant in self.grants.get((EVERY_OBJECT, action), ())}
        closed = tuple(Grant(role, "none") for role in sorted(every))
        grants = {key: given for key, given in self.grants.items() if key[0] != object_key}
        grants |= {(object_key, action): closed for action in ACTIONS}
        grants[object_key, "read"] = (Grant("pool", "filter", condition=condition), *closed)
        fields = {**self.fields.get(object_key, {}), **dict.fromkeys(hidden, FieldAccess("hidden"))}
        rows: dict[tuple[str, str], tuple[Because, ...]] = {(object_key, action): () for action in ACTIONS}
        rows[object_key, "read"] = (because,)
        return replace(
            self, grants=grants, fields={**self.fields, object_key: fields}, parents={}, _rows=rows
        )

    @property
    def levels(self) -> tuple[tuple[str, tuple[tuple[UUID, Level], ...]], ...]:
        """Fields that are not fully open, as a hashable value: equal levels share one restricted catalog."""
        return tuple(
            (key, tuple(sorted((field_id, access.level) for field_id, access in fields.items())))
            for key, fields in sorted(self.fields.items())
        )

    def permissions(self, object_key: str) -> dict[str, bool]:
        """Actions on an object, for the client to show or hide what it offers."""
        return {action: self.allows(object_key, action) for action in ACTIONS}


def _within(departments: tuple[UUID, ...]) -> list[Arm]:
    return [InDepartments(departments)] if departments else []


def system_policy(actor: Actor) -> Policy:
    """The installation's own rights: a grant like any other, held by nobody who can sign in."""
    grants = {(EVERY_OBJECT, action): (Grant("system", "all"),) for action in ACTIONS}
    return Policy(
        actor,
        cast("Mapping[tuple[str, str], tuple[Grant, ...]]", grants),
        powers=frozenset(POWERS),
    )
