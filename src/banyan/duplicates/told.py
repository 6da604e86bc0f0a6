"""How a match is told. Of a record out of the reader's sight only what 查重 may tell: name, owner, pool state."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from banyan.db.database import Connection
from banyan.duplicates.matching import Match
from banyan.metadata.catalog import OWNER, Object
from banyan.records.matching import texts_of
from banyan.records.queries import labels_of
from banyan.records.session import Session

SHOWN = 20
_POOL, _PEOPLE = "pool", "user"


async def tell(
    connection: Connection, session: Session, matches: Sequence[Match], *, ids: bool = True
) -> dict[tuple[UUID, UUID], dict[str, Any]]:
    """By (record, other): what to say. `ids` false says of nobody's record which it is, as 查重 does."""
    by_object: dict[UUID, set[UUID]] = {}
    for match in matches:
        by_object.setdefault(match.rule.against.id, set()).add(match.other)
    told: dict[UUID, dict[str, Any]] = {}
    for object_id, others in by_object.items():
        told |= await tell_records(connection, session, session.full.by_id[object_id], others, ids=ids)
    found: dict[tuple[UUID, UUID], dict[str, Any]] = {}
    language = session.actor.language
    for match in matches:
        if match.other not in told:
            continue
        each = found.setdefault(
            (match.record, match.other), {**told[match.other], "action": match.rule.body.action, "rules": []}
        )
        label = match.rule.body.label
        each["rules"].append(label.get(language) or next(iter(label.values())))  # type: ignore[call-overload]
        each["action"] = _stricter(each["action"], match.rule.body.action)
    return found


def _stricter(one: str, other: str) -> str:
    order = ("merge", "warn", "block")
    return max(one, other, key=order.index)


async def tell_records(
    connection: Connection, session: Session, obj: Object, others: Iterable[UUID], *, ids: bool = True
) -> dict[UUID, dict[str, Any]]:
    """Name, owner's name and pool state of records, whoever asks; the id only of those the reader may read."""
    wanted = sorted(others)
    pool = obj.field(_POOL)
    fields = [obj.title, obj.by_name[OWNER], *([pool] if pool is not None else [])]
    texts = await texts_of(connection, session, obj, wanted, fields)
    owners = await _titles(connection, session, _PEOPLE, {texts[key].get(OWNER) for key in texts})
    pools = await _titles(connection, session, _POOL, {texts[key].get(_POOL) for key in texts})
    shown = session.catalog.by_name.get(obj.api_name)
    seen = (
        await labels_of(connection, session, shown, {str(key) for key in texts})
        if ids and shown is not None
        else {}
    )
    found = {}
    for key, values in texts.items():
        owner, lies_in = values.get(OWNER), values.get(_POOL)
        state = "owned" if owner else "in_pool" if lies_in else "free"
        found[key] = {
            "object": obj.api_name,
            "name": values.get(obj.title.api_name),
            "owner": owners.get(owner or ""),
            "state": state,
            "pool": pools.get(lies_in or "") if state == "in_pool" else None,
            "id": str(key) if str(key) in seen else None,
        }
    return found


async def _titles(
    connection: Connection, session: Session, name: str, keys: Iterable[str | None]
) -> dict[str, str | None]:
    """Names of people and pools, which everybody may be told."""
    obj = session.full.by_name.get(name)
    ids = [UUID(key) for key in keys if key]
    if obj is None or not ids:
        return {}
    texts = await texts_of(connection, session, obj, ids, [obj.title])
    return {str(key): values[obj.title.api_name] for key, values in texts.items()}
