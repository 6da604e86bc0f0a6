"""Texts of a spreadsheet as values of fields: what a paste would write, and what is wrong with the rest.

The same readers as of an import, so that a cell means the same wherever it is brought in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from banyan.db.database import Connection
from banyan.kernel.collation import fold
from banyan.kernel.errors import FieldProblem, InvalidInput
from banyan.kernel.messages import message
from banyan.metadata.catalog import OWNER, Field, Object
from banyan.metadata.field_types.base import ValueProblem
from banyan.query.parsed import ParsedQuery
from banyan.records.queries import query_page
from banyan.records.session import Session

_NAMES_AT_ONCE = 200
_SEPARATORS = (";", "\uff1b", "\n")


@dataclass(frozen=True)
class CellColumn:
    """Texts of one column; equal ones are sent once."""

    field: str
    texts: tuple[str, ...]


async def read_cells(
    connection: Connection, session: Session, obj: Object, columns: Sequence[CellColumn]
) -> list[list[dict[str, Any]]]:
    """Per text `{"value": …}` as the API gives it, or `{"problem": {"code", "message"}}`, in the order given."""
    return [await _column(connection, session, obj, column, index) for index, column in enumerate(columns)]


async def _column(
    connection: Connection, session: Session, obj: Object, column: CellColumn, index: int
) -> list[dict[str, Any]]:
    field = obj.field(column.field)
    if field is None:
        params = {"field": column.field, "object": obj.api_name}
        raise InvalidInput(problems=[FieldProblem(f"/columns/{index}/field", "unknown_field", params)])
    refusal = _refusal(session, obj, field)
    if refusal is not None:
        return [_problem(session, ValueProblem(refusal, field=field.api_name)) for _ in column.texts]
    texts = [text.strip() for text in column.texts]
    named: dict[str, list[dict[str, Any]]] = {}
    if field.kind.matchable:
        named = await _named(connection, session, field, texts)
    return [_cell(session, field, text, named) for text in texts]


def _refusal(session: Session, obj: Object, field: Field) -> str | None:
    """Why nothing is written into the field by this person, whatever the text."""
    if field.masked or field.restricted:
        return "field_not_yours"
    if field.api_name == OWNER and not session.policy.allows(obj.grant_key, "transfer"):
        return "field_not_yours"
    return "readonly_field" if field.readonly or field.kind.virtual or not field.kind.writable else None


def _cell(
    session: Session, field: Field, text: str, named: dict[str, list[dict[str, Any]]]
) -> dict[str, Any]:
    if not text:
        missing = ValueProblem("required", field=field.api_name)
        return _problem(session, missing) if field.required_always else {"value": None}
    try:
        if field.kind.matchable:
            found = [_one(session, field, name, named) for name in _names(field, text)]
            return {"value": found if field.kind.is_list else found[0]}
        context = replace(session.context, bulk=True)
        return {"value": field.kind.to_json(field, field.kind.parse_cell(field, text, context))}
    except ValueProblem as problem:
        return _problem(session, problem)


def _problem(session: Session, problem: ValueProblem) -> dict[str, Any]:
    said = message(problem.code, session.actor.language, problem.params)
    return {"problem": {"code": problem.code, "message": said}}


def _names(field: Field, text: str) -> list[str]:
    if not field.kind.is_list:
        return [text]
    for separator in _SEPARATORS[1:]:
        text = text.replace(separator, _SEPARATORS[0])
    return [name for part in text.split(_SEPARATORS[0]) if (name := part.strip())]


def _one(session: Session, field: Field, name: str, named: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    found = named.get(fold(name), [])
    if len(found) == 1:
        return found[0]
    label = session.catalog.object(field.reaches[0]).definition.label
    code = "related_ambiguous" if found else "related_not_matched"
    raise ValueProblem(code, value=name, object=label.get(session.actor.language) or field.reaches[0])


async def _named(
    connection: Connection, session: Session, field: Field, texts: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    """Records that are called exactly so and that the person may read, by their folded title."""
    target = session.catalog.by_name.get(field.reaches[0])
    if target is None or not session.policy.allows(target.grant_key, "read") or target.title.masked:
        return {}
    title = target.title.api_name
    wanted = sorted({name for text in texts if text for name in _names(field, text)})
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for start in range(0, len(wanted), _NAMES_AT_ONCE):
        where = {"field": title, "op": "in", "value": wanted[start : start + _NAMES_AT_ONCE]}
        page = await query_page(
            connection, session, target, ParsedQuery(select=(title,), where=where, limit=1_000)
        )
        for record in orjson.loads(page.rows):
            reference = {"id": record["id"], "label": record[title]}
            found.setdefault(fold(str(record[title])), {})[record["id"]] = reference
    return {name: list(records.values()) for name, records in found.items()}
