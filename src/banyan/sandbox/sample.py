"""Sample records for a sandbox: real shapes, no real people. What could tell who somebody is is made up or left out."""

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from banyan.access.model import ORGANISATION
from banyan.db.database import Connection, Database
from banyan.events import EventBus
from banyan.kernel.errors import BanyanError
from banyan.metadata.catalog import Field, Object
from banyan.query.parsed import ParsedQuery
from banyan.records.commands import Change, Commands
from banyan.records.queries import query_page
from banyan.records.session import Session

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
# Types whose values say nothing about anybody: they are copied as they are.
_PLAIN = frozenset(
    {
        "boolean",
        "date",
        "datetime",
        "time",
        "duration",
        "single_choice",
        "multiple_choice",
        "percent",
        "rating",
    }
)


async def masked_sample(connection: Connection, session: Session, most: int) -> Rows:
    """The newest records of each object that the maker may read, with everything personal masked."""
    found: dict[str, list[dict[str, Any]]] = {}
    for obj in session.catalog.objects:
        if obj.grant_key in ORGANISATION or not session.policy.allows(obj.grant_key, "read"):
            continue
        query = ParsedQuery.model_validate({"limit": most})
        page = await query_page(connection, session, obj, query)
        records = orjson.loads(page.rows)
        language = session.actor.language
        found[obj.api_name] = [
            _masked(obj, record, place, language) for place, record in enumerate(records, start=1)
        ]
    return found


def _masked(obj: Object, record: Mapping[str, Any], place: int, language: str) -> dict[str, Any]:
    values: dict[str, Any] = {"id": record["id"]}
    for field in obj.custom_fields:
        value = record.get(field.api_name)
        if value is not None and not field.readonly and not field.restricted:
            masked = _value(obj, field, value, place, language)
            if masked is not None:
                values[field.api_name] = masked
    return values


def _value(  # noqa: PLR0911 - one line per kind of value
    obj: Object, field: Field, value: Any, place: int, language: str
) -> Any:
    kind = field.kind.key
    if field is obj.title or kind == "text":
        return _text(obj, field, place, language)
    if kind in _PLAIN:
        return value
    if kind == "number":
        return _rounded(value)
    if kind == "currency":
        return {**value, "amount": _rounded(value["amount"])}
    if kind == "phone":
        return f"+86138{place % 10**8:08d}"
    if kind == "email":
        return f"user{place}@example.com"
    if kind == "relation" and isinstance(value, Mapping):
        return {"id": value["id"]}
    return None


def _text(obj: Object, field: Field, place: int, language: str) -> str | None:
    """Titles are numbered; other texts are left out, unless something must stand there."""
    label = obj.definition.label.get(language) or obj.api_name
    if field is obj.title:
        return f"{label} {place}"
    if field.definition.required or field.definition.unique:
        return hashlib.sha256(f"{obj.api_name}.{field.api_name}.{place}".encode()).hexdigest()[:8]
    return None


def _rounded(value: str) -> str:
    """Two digits of the figure: its size, not the figure."""
    number = Decimal(value)
    if not number:
        return "0"
    digits = 1 - number.adjusted()
    return format(round(number, digits), "f")


async def copy_sample(database: Database, bus: EventBus, session: Session, rows: Rows) -> None:
    """Create the records in the sandbox, then the relations between those that came along.

    A record that a rule of the configuration refuses once its texts are gone is left out.
    """
    ids: dict[str, str] = {}
    waiting: list[tuple[Object, str, dict[str, Any]]] = []
    for name, records in rows.items():
        obj = session.full.object(name)
        for record in records:
            plain, related = _apart(record, obj)
            try:
                async with database.transaction() as connection:
                    (made,) = await Commands(connection, session, bus).create(obj, [plain], [""])
            except BanyanError:
                continue
            ids[record["id"]] = str(made.id)
            if related:
                waiting.append((obj, str(made.id), related))
    for obj, made_id, related in waiting:
        values = {name: ids[key] for name, key in related.items() if key in ids}
        if values:
            await _relate(database, bus, session, obj, made_id, values)


def _apart(record: Mapping[str, Any], obj: Object) -> tuple[dict[str, Any], dict[str, Any]]:
    """Plain values, and ids that relations point at."""
    plain: dict[str, Any] = {}
    related: dict[str, Any] = {}
    for name, value in record.items():
        field = obj.field(name)
        if field is None or name == "id":
            continue
        if field.kind.key == "relation":
            related[name] = value["id"]
        else:
            plain[name] = value
    return plain, related


async def _relate(
    database: Database,
    bus: EventBus,
    session: Session,
    obj: Object,
    record_id: str,
    values: Mapping[str, Any],
) -> None:
    try:
        async with database.transaction() as connection:
            await Commands(connection, session, bus).update(obj, [Change(UUID(record_id), values)])
    except BanyanError:
        return
