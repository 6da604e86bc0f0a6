"""What a lead would become: values of the new account, contact and opportunity, as the converter could write them."""

from collections.abc import Mapping
from typing import Any

import orjson

from banyan.db.database import Connection
from banyan.metadata.catalog import Field, Object
from banyan.records import queries
from banyan.records.session import Session

LEAD, ACCOUNT, CONTACT, OPPORTUNITY = "lead", "account", "contact", "opportunity"
PARTS = (ACCOUNT, CONTACT, OPPORTUNITY)
# Beside fields of one name and type: where else a value of the lead goes.
_ALSO: Mapping[str, Mapping[str, str]] = {
    ACCOUNT: {"name": "company"},
    CONTACT: {"mobile": "phone"},
    OPPORTUNITY: {"name": "company"},
}
_NOT: Mapping[str, frozenset[str]] = {
    ACCOUNT: frozenset({"name", "note", "email"}),
    CONTACT: frozenset({"phone", "note", "tags", "territory", "source"}),
    OPPORTUNITY: frozenset({"name", "note", "tags"}),
}


async def propose(connection: Connection, session: Session, obj: Object, lead_id: str) -> dict[str, Any]:
    """Values by part; None for a part whose records the converter may not create. Raises NotFound."""
    lead = orjson.loads(await queries.read_record(connection, session, obj, lead_id))
    found: dict[str, Any] = {"lead": {"id": lead["id"], "title": lead.get(obj.title.api_name)}}
    for part in PARTS:
        target = session.catalog.by_name.get(part)
        may = target is not None and session.policy.allows(target.grant_key, "create")
        found[part] = values_for(part, obj, target, lead) if may and target is not None else None
    return found


def values_for(part: str, obj: Object, target: Object, lead: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in target.custom_fields:
        source = obj.field(_ALSO[part].get(field.api_name, field.api_name))
        own = field.api_name in _ALSO[part] or field.api_name not in _NOT[part]
        if own and source is not None and _fits(source, field):
            value = _plain(lead.get(source.api_name))
            if value is not None and _has(field, value):
                values[field.api_name] = value
    return _named(part, obj, target, lead, values)


def _fits(source: Field, field: Field) -> bool:
    same = source.kind.key == field.kind.key and source.target == field.target
    return same and field.kind.writable and not field.readonly and not source.masked


def _plain(value: Any) -> Any:
    """A value as it is written: of a related record only its id."""
    return value["id"] if isinstance(value, Mapping) and "label" in value and "id" in value else value


def _has(field: Field, value: Any) -> bool:
    choices = getattr(field.config, "choices", None)
    return choices is None or not isinstance(value, str) or any(each.key == value for each in choices)


def _named(
    part: str, obj: Object, target: Object, lead: Mapping[str, Any], values: dict[str, Any]
) -> dict[str, Any]:
    """Whoever names no company is a customer themself."""
    person = lead.get(obj.title.api_name)
    title = target.title.api_name
    if part == CONTACT:
        return {**values, title: person}
    if part == ACCOUNT and title not in values:
        values[title] = person
        kind = target.field("kind")
        if kind is not None and _has(kind, "person") and not kind.readonly:
            values["kind"] = "person"
    values.setdefault(title, person)
    return values
