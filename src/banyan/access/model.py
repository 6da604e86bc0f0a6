"""Words of the access model: actions, scopes, levels, grants, rules. Plain values; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal
from uuid import UUID

from banyan.filters.ast import Filter

Action = Literal["create", "read", "update", "delete", "export", "import", "transfer", "bulk"]
ACTIONS: tuple[Action, ...] = ("create", "read", "update", "delete", "export", "import", "transfer", "bulk")
# `departments` are named ones; each but the last two sees at least one's own records.
Scope = Literal[
    "none", "own", "subordinates", "department", "department_below", "departments", "parent", "filter", "all"
]
SCOPES: tuple[Scope, ...] = (
    "none",
    "own",
    "subordinates",
    "department",
    "department_below",
    "departments",
    "parent",
    "filter",
    "all",
)
Level = Literal["hidden", "masked", "read", "edit"]
LEVELS: tuple[Level, ...] = ("hidden", "masked", "read", "edit")  # from narrow to wide
# Administration is apart from data: none of these lets anybody read a record.
Power = Literal["configure", "people", "roles", "security", "audit"]
POWERS: tuple[Power, ...] = ("configure", "people", "roles", "security", "audit")
HolderKind = Literal["user", "position", "department", "group"]
ShareAccess = Literal["read", "edit"]
EVERY_OBJECT = "*"
ORGANISATION = ("user", "department", "position", "user_group")  # grant keys
# Reached by a share or a rule that lets read, and by one that lets edit.
READ_ACTIONS: frozenset[Action] = frozenset({"read", "export"})
EDIT_ACTIONS: frozenset[Action] = frozenset({"read", "export", "update", "bulk"})


@dataclass(frozen=True)
class Grant:
    """One role's data scope for one action on one object."""

    role: str
    scope: Scope
    departments: tuple[UUID, ...] = ()
    condition: Filter | None = None


@dataclass(frozen=True)
class FieldAccess:
    level: Level = "edit"
    unmask: bool = False


@dataclass(frozen=True)
class SharingRule:
    """Records of an object that satisfy `condition` are open to the holders of `principals`."""

    id: UUID
    name: Mapping[str, str]
    condition: Filter
    access: ShareAccess


@dataclass(frozen=True)
class Standing:
    """Where a person stands in the organisation: what scopes and filter variables mean for them.

    `departments` are the main one first, then further ones and those they head or deputise; `below` adds everything
    under them; `subordinates` is the reporting line under the person, without themself.
    """

    departments: tuple[UUID, ...] = ()
    below: tuple[UUID, ...] = ()
    subordinates: tuple[UUID, ...] = ()
    principals: tuple[str, ...] = ()
    main_department: UUID | None = None

    @cached_property
    def variables(self) -> Mapping[str, tuple[str, ...]]:
        """What names of people and departments in filters stand for, `me` left out."""
        return {
            "my_subordinates": tuple(map(str, self.subordinates)),
            "my_department": (str(self.main_department),) if self.main_department else (),
            "my_departments": tuple(map(str, self.departments)),
            "my_departments_and_below": tuple(map(str, self.below)),
        }


@dataclass(frozen=True)
class Reason:
    """Why some rows are open: a role's scope, a sharing rule, a share, or the record this one belongs to."""

    kind: Literal["role", "rule", "share", "system"]
    key: str
    scope: Scope | None = None
    label: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class HeldRole:
    """A role a person holds, and through what."""

    key: str
    label: Mapping[str, str]
    via: HolderKind
    holder_id: UUID
    starts_at: datetime | None = None
    ends_at: datetime | None = None
