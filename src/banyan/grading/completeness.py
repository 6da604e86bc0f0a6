"""Completeness: filled ÷ required fields. One definition for the record page, the list and the figures per person.

Required for use are the fields an administrator has named with weights; otherwise those the record's layout leads
with: quick create, highlights and the first two sections, as far as a person can fill them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.grading.tables import grading_tables
from banyan.kernel.errors import Conflict, Denied, FieldProblem, InvalidInput
from banyan.metadata.catalog import Field, Object
from banyan.records import grading, queries
from banyan.records.session import Session

MOST_FIELDS, MOST_RECORDS = 50, 200
_SECTIONS = 2
BY = {"owner": "owner_id", "department": "department_id"}


@dataclass(frozen=True)
class Required:
    """Which fields count and how much; `chosen`: an administrator said so, in this version."""

    weights: Sequence[tuple[Field, int]]
    chosen: bool
    version: int

    @property
    def whole(self) -> int:
        return sum(weight for _, weight in self.weights)


def _countable(field: Field | None) -> bool:
    if field is None or field.system or field.masked or field.readonly or field.definition.managed:
        return False
    kind = field.kind
    return not (kind.virtual or kind.computed or field.definition.type == "boolean")


def by_layout(obj: Object) -> list[tuple[Field, int]]:
    """The fields the standard layout leads with."""
    definition = obj.definition
    layout = definition.layout
    sections = [name for section in layout.sections[:_SECTIONS] for name in section.fields]
    names = dict.fromkeys((*definition.quick_create, *layout.highlights, *sections))
    fields = dict.fromkeys(field for name in names if (field := obj.field(name)) is not None)
    return [(field, 1) for field in fields if _countable(field)]


async def required_of(connection: Connection, obj: Object) -> Required:
    """Fields of the object as its reader knows it: one that is hidden counts for nobody who cannot fill it."""
    table = grading_tables(obj.schema).completeness
    asked = sa.select(table.c.fields, table.c.version).where(table.c.object_id == obj.id)
    row = await (await run(connection, asked)).fetchone()
    if row is None:
        return Required(by_layout(obj), chosen=False, version=0)
    named = [(obj.field(each["field"]), int(each["weight"])) for each in orjson.loads(row[0])]
    found = [(field, weight) for field, weight in named if field is not None and _countable(field)]
    return Required(found, chosen=bool(row[0]), version=int(row[1]))


async def write_required(
    connection: Connection, session: Session, obj: Object, fields: Sequence[tuple[str, int]], version: int
) -> None:
    """Raises InvalidInput for a field that nobody could fill, Conflict where somebody wrote since `version`."""
    for index, (name, _) in enumerate(fields):
        if not _countable(obj.field(name)):
            raise InvalidInput(
                problems=[FieldProblem(f"/fields/{index}", "completeness_field", {"field": name})]
            )
    table = grading_tables(obj.schema).completeness
    values: dict[str, Any] = {
        "fields": [{"field": name, "weight": weight} for name, weight in fields],
        "updated_by": session.actor.user_id,
        "updated_at": sa.func.now(),
    }
    if not fields:
        await run(connection, sa.delete(table).where(table.c.object_id == obj.id))
        return
    statement = insert(table).values(object_id=obj.id, version=version + 1, **values)
    changed = statement.on_conflict_do_update(
        index_elements=[table.c.object_id],
        set_={**values, "version": table.c.version + 1},
        where=table.c.version == version,
    ).returning(table.c.version)
    if await (await run(connection, changed)).fetchone() is None:
        raise Conflict("completeness_changed")


def required_document(required: Required) -> dict[str, Any]:
    return {
        "fields": [{"field": field.api_name, "weight": weight} for field, weight in required.weights],
        "chosen": required.chosen,
        "version": required.version,
    }


async def figures(connection: Connection, session: Session, obj: Object, by: str) -> dict[str, Any]:
    """Per owner, department or value of a choice: records, filled and required, wholly filled."""
    required = await required_of(connection, obj)
    column = BY.get(by)
    choice = obj.field(by)
    if column is None:
        if choice is None or choice.definition.type != "single_choice":
            raise InvalidInput(problems=[FieldProblem("/by", "completeness_by", {"by": by})])
        if choice.masked:
            raise Denied("field_masked", field=by)
        column = choice.physical()
    if not required.weights:
        return {"required": required_document(required), "groups": []}
    rows = await grading.completeness(connection, session, obj, required.weights, column)
    names = await _names(connection, session, by, choice, {str(row[0]) for row in rows if row[0]})
    groups: list[dict[str, Any]] = [
        {
            "key": None if key is None else str(key),
            "label": names.get(str(key)),
            "records": count,
            "filled": filled,
            "required": count * required.whole,
            "complete": complete,
        }
        for key, count, filled, complete in rows
    ]
    groups.sort(key=lambda each: (each["filled"] / max(1, each["required"]), str(each["label"])))
    return {"required": required_document(required), "groups": groups}


async def _names(
    connection: Connection, session: Session, by: str, choice: Field | None, keys: set[str]
) -> dict[str, Any]:
    if by not in BY:
        return {
            each.key: dict(each.label) for each in getattr(getattr(choice, "config", None), "choices", ())
        }
    target = session.catalog.by_name.get("user" if by == "owner" else "department")
    return {} if target is None else dict(await queries.labels_of(connection, session, target, keys))


async def least(
    connection: Connection, session: Session, obj: Object, owner: UUID | None
) -> list[dict[str, Any]]:
    """Records that lack most, of one owner or of all the reader sees."""
    required = await required_of(connection, obj)
    if not required.weights:
        return []
    rows = await grading.least_complete(connection, session, obj, required.weights, owner, MOST_RECORDS)
    titles = await queries.labels_of(connection, session, obj, {str(row[0]) for row in rows})
    return [
        {
            "id": str(key),
            "title": titles.get(str(key)),
            "filled": filled,
            "required": required.whole,
            "missing": missing,
        }
        for key, filled, missing in rows
    ]
