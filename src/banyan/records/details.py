"""Rows of sub-tables that are written together with a new record."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from banyan.kernel.errors import FieldProblem, InvalidInput
from banyan.metadata.catalog import Catalog, Field, Object

MOST_ROWS = 500
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Detail:
    """Rows of one sub-table of the parent in place `parent`."""

    field: Field
    parent: int
    rows: Sequence[Row]
    pointer: str


def take_details(
    obj: Object, rows: Sequence[Row], pointers: Sequence[str]
) -> tuple[Sequence[Row], list[Detail]]:
    """The records without their sub-tables, and these apart."""
    tables = {f.api_name: f for f in obj.fields if f.kind.virtual and f.kind.inverse(f) is not None}
    if not tables or not any(name in row for row in rows for name in tables):
        return rows, []
    found = [
        Detail(tables[name], place, _checked(row[name], f"{pointer}/{name}"), f"{pointer}/{name}")
        for place, (row, pointer) in enumerate(zip(rows, pointers, strict=True))
        for name in sorted(tables.keys() & row.keys())
    ]
    return [{name: value for name, value in row.items() if name not in tables} for row in rows], found


def _checked(raw: Any, pointer: str) -> Sequence[Row]:
    if raw is None:
        return ()
    if not isinstance(raw, list) or not all(isinstance(each, Mapping) for each in raw):
        raise InvalidInput(problems=[FieldProblem(pointer, "not_list")])
    if len(raw) > MOST_ROWS:
        raise InvalidInput(problems=[FieldProblem(pointer, "too_many_rows", {"limit": MOST_ROWS})])
    return raw


def rows_of_details(
    catalog: Catalog, details: Sequence[Detail], ids: Sequence[UUID]
) -> Iterator[tuple[Object, list[Row], list[str]]]:
    """Per sub-table the records to create, each pointing at its parent, with their places."""
    by_field: dict[UUID, list[Detail]] = {}
    for detail in details:
        by_field.setdefault(detail.field.id, []).append(detail)
    for each in by_field.values():
        field = each[0].field
        child_name, relation = field.kind.inverse(field) or ("", "")
        values: list[Row] = [{**row, relation: str(ids[one.parent])} for one in each for row in one.rows]
        places = [f"{one.pointer}/{index}" for one in each for index in range(len(one.rows))]
        if values:
            yield catalog.object(child_name), values, places
