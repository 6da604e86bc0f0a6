"""What an actor may do: grants compiled to row filters. Default is nothing; grants OR, restrictions AND.

The full model (departments, sharing, field masks) grows here; callers already ask only these questions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from banyan.filters.ast import ALWAYS, NEVER, Condition, Filter
from banyan.kernel.actor import Actor
from banyan.kernel.errors import Denied

Action = Literal["create", "read", "update", "delete", "export", "import", "configure"]
ACTIONS: tuple[Action, ...] = ("create", "read", "update", "delete", "export", "import", "configure")
Scope = Literal["none", "own", "all"]
EVERY_OBJECT = "*"
# Administration is apart from data: none of these lets anybody read a record.
Power = Literal["configure", "people", "roles", "security", "audit"]
POWERS: tuple[Power, ...] = ("configure", "people", "roles", "security", "audit")
_WIDTH: Mapping[Scope, int] = {"none": 0, "own": 1, "all": 2}


@dataclass(frozen=True)
class Policy:
    """Grants of one actor. `scopes` maps (object API name or '*', action) to a data scope.

    A grant for a named object replaces the one for every object: it is the more exact statement.
    """

    actor: Actor
    scopes: Mapping[tuple[str, str], Scope]
    version: int = 0
    powers: frozenset[str] = frozenset()

    def has(self, power: Power) -> bool:
        """Whether an administrative power (not a right on data) is held."""
        return power in self.powers

    def scope(self, object_name: str, action: Action) -> Scope:
        exact = self.scopes.get((object_name, action))
        return exact if exact is not None else self.scopes.get((EVERY_OBJECT, action), "none")

    def allows(self, object_name: str, action: Action) -> bool:
        return self.scope(object_name, action) != "none"

    def require(self, object_name: str, action: Action) -> None:
        """Raise Denied unless the action is granted at all; rows are narrowed by `row_filter`."""
        if not self.allows(object_name, action):
            raise Denied("action_denied", action=action, object=object_name)

    def row_filter(self, object_name: str, action: Action) -> Filter:
        """Which rows the action may touch. An actor without a user owns nothing."""
        scope = self.scope(object_name, action)
        if scope == "all":
            return ALWAYS
        if scope == "own" and self.actor.user_id is not None:
            return Condition("owner", "eq", str(self.actor.user_id))
        return NEVER

    def permissions(self, object_name: str) -> dict[str, bool]:
        """Actions on an object, for the client to show or hide what it offers."""
        return {action: self.allows(object_name, action) for action in ACTIONS if action != "configure"}


def widest(grants: Mapping[tuple[str, str], list[Scope]]) -> dict[tuple[str, str], Scope]:
    """Grants of several roles OR together: the widest scope of each stands."""
    return {key: max(scopes, key=_WIDTH.__getitem__) for key, scopes in grants.items()}
