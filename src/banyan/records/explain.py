"""Why somebody can, or cannot, do something with a record: the arms of their policy, asked one by one."""

from typing import Any
from uuid import UUID

from banyan.access.model import ACTIONS, Action, Reason
from banyan.access.policy import Policy
from banyan.access.roles import list_roles
from banyan.db.database import Connection
from banyan.metadata.catalog import Object
from banyan.query.holding import holding
from banyan.query.predicates import arms_of
from banyan.records.session import Session
from banyan.records.unmask import may_unmask

_ON_RECORDS = tuple(action for action in ACTIONS if action not in ("create", "import"))


async def explain(
    connection: Connection, session: Session, obj: Object, record_id: UUID | None, *, hidden: bool
) -> dict[str, Any]:
    """Per action whether it is allowed and why; per field how open it is. `session` is the person asked about.

    `hidden` fields are named only to those who manage roles. Without a record: what the person may do with the object
    at all, and through which roles.
    """
    policy = session.policy
    whole = session.full.by_id[obj.id]
    labels = {role["key"]: role["label"] for role in await list_roles(connection, session.full.schema)}
    actions: dict[str, Any] = {}
    for action in ACTIONS if record_id is None else _ON_RECORDS:
        arms = arms_of(policy, session.resolver, whole, action)
        held = (
            [True] * len(arms)
            if record_id is None
            else await holding(connection, whole, record_id, [node for _, node in arms])
        )
        reasons = [_reason(reason, labels) for (reason, _), yes in zip(arms, held, strict=True) if yes]
        actions[action] = {
            "allowed": bool(reasons),
            "reasons": reasons,
            "granted_by": [] if reasons else _nearly(policy, obj, action, labels),
        }
    return {"actions": actions, "fields": _fields(policy, whole, hidden=hidden), "roles": _roles(policy)}


async def is_open(
    connection: Connection, session: Session, obj: Object, record_id: UUID, action: Action
) -> bool:
    """Whether one record is open to an action of the session's actor by a right of their own, not by a share."""
    whole = session.full.by_id[obj.id]
    arms = arms_of(session.policy, session.resolver, whole, action)
    nodes = [node for reason, node in arms if reason.kind != "share"]
    return any(await holding(connection, whole, record_id, nodes))


def _reason(reason: Reason, labels: dict[str, Any]) -> dict[str, Any]:
    label = labels.get(reason.key, {}) if reason.kind == "role" else dict(reason.label)
    return {"kind": reason.kind, "key": reason.key, "scope": reason.scope, "label": label}


def _nearly(policy: Policy, obj: Object, action: Any, labels: dict[str, Any]) -> list[dict[str, Any]]:
    """Roles that give the action, but not on this record."""
    return [
        {"kind": "role", "key": grant.role, "scope": grant.scope, "label": labels.get(grant.role, {})}
        for grant in policy.granted(obj.grant_key, action)
        if grant.scope != "none"
    ]


def _fields(policy: Policy, obj: Object, *, hidden: bool) -> list[dict[str, Any]]:
    found = []
    for field in obj.fields:
        access = policy.access(obj.grant_key, field.id)
        narrowed = access.level != "edit" and (hidden or access.level != "hidden")
        if narrowed or field.kind.sealed:
            item = {"field": field.api_name, "label": dict(field.label)}
            found.append({**item, "level": access.level, "unmask": may_unmask(policy, obj, field)})
    return found


def _roles(policy: Policy) -> list[dict[str, Any]]:
    return [
        {
            "key": role.key,
            "label": dict(role.label),
            "via": role.via,
            "starts_at": role.starts_at.isoformat() if role.starts_at else None,
            "ends_at": role.ends_at.isoformat() if role.ends_at else None,
        }
        for role in policy.roles
    ]
