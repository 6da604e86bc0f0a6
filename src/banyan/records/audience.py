"""Who can see a record, and why: everybody's policy asked about this one record."""

import asyncio
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from banyan.access.compile import roles_document
from banyan.access.everybody import Place, read_everybody
from banyan.access.model import Reason
from banyan.access.policy import Because, Everything, InDepartments, OfParent, Owned, Policy, Shared, Where
from banyan.access.roles import list_roles
from banyan.access.sharing import list_shares
from banyan.db.database import Connection
from banyan.kernel.errors import BanyanError
from banyan.metadata.catalog import Object
from banyan.query.holding import holding, place_of
from banyan.query.predicates import arm_node
from banyan.records.people import house_session
from banyan.records.principals import principal_labels
from banyan.records.session import Session

SHOWN = 200
_DEEPEST = 3


async def audience(connection: Connection, session: Session, obj: Object, record_id: UUID) -> dict[str, Any]:
    """Everybody who may read the record: {count, people: [{id, label, edit, reasons}], groups: [{reason, count}]}."""
    house = house_session(session)
    whole = session.full.by_id[obj.id]
    asked = _Asked(connection, house, whole, record_id)
    await asked.prepare()
    everybody = (await read_everybody(connection, session.full.schema)).concerned_with(asked.keys)
    found: list[tuple[str, list[Reason], bool]] = []
    withheld = 0
    # Thousands of small policies: made beside the loop, which has others to serve.
    for policy in await asyncio.to_thread(everybody.policies, asked.place):
        reasons = []
        for because in policy.rows(whole.grant_key, "read"):
            if _tells(session, obj, because):
                withheld += 1
            elif await asked.opens(policy, because):
                reasons.append(because.reason)
        if reasons:
            edit = await asked.any_opens(policy, policy.rows(whole.grant_key, "update"))
            found.append((str(policy.actor.user_id), reasons, edit))
    document = await _document(connection, house, asked, found)
    # Some rights hang on a field this reader may not ask about: whether they hold would tell its value.
    return {**document, "complete": withheld == 0}


def _tells(session: Session, obj: Object, because: Because) -> bool:
    """Whether the answer of an arm would tell something of a field that is withheld from the reader."""
    if not isinstance(because.arm, Where) or session.policy.has("roles"):
        return False
    try:
        session.resolver.filter(session.catalog.by_id[obj.id], because.arm.condition)
    except BanyanError:
        return True
    return False


async def _document(
    connection: Connection, house: Session, asked: "_Asked", found: list[tuple[str, list[Reason], bool]]
) -> dict[str, Any]:
    found.sort(key=lambda item: (item[0] != asked.owner, _width(item[1]), item[0]))
    labels = {role["key"]: role["label"] for role in await list_roles(connection, house.full.schema)}
    names = await principal_labels(connection, house, [f"user:{key}" for key, _, _ in found[:SHOWN]])
    counts: dict[Reason, int] = {}
    for _, reasons, _ in found:
        for reason in _distinct(reasons):
            counts[reason] = counts.get(reason, 0) + 1
    return {
        "count": len(found),
        "people": [
            {
                "id": key,
                "label": names.get(f"user:{key}"),
                "owner": key == asked.owner,
                "edit": edit,
                "reasons": [_shown(reason, labels) for reason in _distinct(reasons)],
            }
            for key, reasons, edit in found[:SHOWN]
        ],
        "groups": [{"reason": _shown(reason, labels), "count": count} for reason, count in counts.items()],
    }


def _distinct(reasons: Iterable[Reason]) -> list[Reason]:
    return list(dict.fromkeys(reasons))


def _width(reasons: list[Reason]) -> int:
    """Those with a reason of their own first, those who see everything last."""
    return min(2 if reason.scope == "all" else 0 if reason.kind == "share" else 1 for reason in reasons)


def _shown(reason: Reason, labels: dict[str, Any]) -> dict[str, Any]:
    label = labels.get(reason.key, {}) if reason.kind == "role" else dict(reason.label)
    return {"kind": reason.kind, "key": reason.key, "scope": reason.scope, "label": label}


class _Asked:
    """One record (and the records above it) that many policies are asked about; answers are kept."""

    def __init__(
        self, connection: Connection, house: Session, obj: Object, record_id: UUID, depth: int = 0
    ) -> None:
        self._connection = connection
        self._house = house
        self._object = obj
        self._record = record_id
        self._depth = depth
        self._answers: dict[str, bool] = {}
        self._shares: list[dict[str, Any]] = []
        self._above: dict[UUID, _Asked | None] = {}
        self._parent_fields: set[UUID] | None = None
        self.owner: str | None = None
        self.department: str | None = None
        self.place = Place(frozenset(), frozenset())

    async def prepare(self) -> None:
        """Owner, department and shares of the record and of those it may belong to."""
        row = await place_of(self._connection, self._object, self._record, None)
        if row is None:
            return
        self.owner, self.department = (str(value) if value else None for value in row[:2])
        self._shares = [
            share
            for share in await list_shares(self._connection, self._object, self._record)
            if not share["ended"]
        ]
        places = [Place(_some(self.owner), _some(self.department))]
        if self._depth < _DEEPEST:
            for field in self._object.custom_fields:
                above = await self._parent(field.id)
                if above is not None:
                    places.append(above.place)
        self.place = Place(
            frozenset().union(*(place.owners for place in places)),
            frozenset().union(*(place.departments for place in places)),
        )

    async def _parent(self, field_id: UUID) -> "_Asked | None":
        """The record above through a relation that is somebody's parent relation; read once."""
        if field_id in self._above:
            return self._above[field_id]
        self._above[field_id] = None
        field = next((each for each in self._object.custom_fields if each.id == field_id), None)
        target = (
            self._house.full.by_name.get(str(field.target)) if field is not None and field.target else None
        )
        if field is None or target is None or field_id not in await self._parents():
            return None
        row = await place_of(self._connection, self._object, self._record, field.physical())
        if row is None or row[2] is None:
            return None
        above = _Asked(self._connection, self._house, target, row[2], self._depth + 1)
        await above.prepare()
        self._above[field_id] = above
        return above

    async def _parents(self) -> set[UUID]:
        if self._parent_fields is None:
            document = await roles_document(self._connection, self._house.full.schema, ())
            rows = document["parents"]
            self._parent_fields = {UUID(row["parent_field"]) for row in rows if row["parent_field"]}
        return self._parent_fields

    @property
    def key(self) -> str:
        return self._object.grant_key

    @property
    def keys(self) -> frozenset[str]:
        """Grant keys of the record's object and of those above it."""
        return frozenset({self.key}).union(*(above.keys for above in self._above.values() if above))

    async def any_opens(self, policy: Policy, rows: Iterable[Because]) -> bool:
        for because in rows:
            if await self.opens(policy, because):
                return True
        return False

    async def opens(self, policy: Policy, because: Because) -> bool:  # noqa: PLR0911 - one per kind of arm
        """Whether one arm of a policy opens the record."""
        arm = because.arm
        match arm:
            case Everything():
                return True
            case Owned(people=people):
                return self.owner is not None and UUID(self.owner) in people
            case InDepartments(departments=departments):
                return self.department is not None and UUID(self.department) in departments
            case Shared(principals=principals, edit=edit):
                return any(
                    share["principal"] in principals and (not edit or share["access"] == "edit")
                    for share in self._shares
                )
            case OfParent(field_id=field_id, action=action):
                above = await self._parent(field_id)
                if above is None:
                    return False
                wanted: Any = action if action in ("read", "export", "update") else "update"
                rows = policy.rows(above.key, wanted)
                return await above.any_opens(policy, rows)
        return await self._where(policy, because)

    async def _where(self, policy: Policy, because: Because) -> bool:
        """A filter: the same for all unless it speaks of "me"."""
        key = repr(because.arm)
        if "'me'" in key or "'my_" in key:
            key = f"{policy.actor.user_id} {key}"
        if key not in self._answers:
            session = Session(policy.actor, policy, self._house.full, self._house.currency)
            node = arm_node(policy, session.resolver, self._object, because.arm)
            (self._answers[key],) = await holding(self._connection, self._object, self._record, [node])
        return self._answers[key]


def _some(value: str | None) -> frozenset[str]:
    return frozenset() if value is None else frozenset({value})
