"""Validation of proposed values: one place for every path (form, API, batch, import, automation)."""

from collections.abc import Mapping
from typing import Any

from banyan.kernel.errors import FieldProblem
from banyan.metadata.catalog import Field, Object
from banyan.metadata.field_types.base import ValueContext, ValueProblem

Stored = dict[str, Any]  # physical column -> JSON-ready value


def parse_values(
    obj: Object,
    values: Mapping[str, Any],
    context: ValueContext,
    *,
    creating: bool,
    pointer: str = "",
    house: bool = False,
) -> tuple[Stored, list[FieldProblem]]:
    """Stored columns for `values` (by API name) and every fault found, each with its place.

    Creating applies defaults and asks for required fields; an update may not empty a required one. `house`: managed
    fields may be written too.
    """
    stored: Stored = {}
    problems: list[FieldProblem] = []
    given: set[str] = set()
    for name, raw in values.items():
        field = obj.field(name)
        place = f"{pointer}/{_escaped(name)}"
        if field is None:
            problems.append(FieldProblem(place, "unknown_field", {"field": name, "object": obj.api_name}))
        elif field.restricted:
            problems.append(FieldProblem(place, "field_not_yours", {"field": name}))
        elif field.readonly and not (house and field.definition.managed):
            problems.append(FieldProblem(place, "readonly_field", {"field": name}))
        else:
            given.add(field.api_name)
            _parse_one(field, raw, context, place, stored, problems)
    if creating:
        _complete(obj, given, context, pointer, stored, problems)
    return stored, problems


def _parse_one(
    field: Field, raw: Any, context: ValueContext, place: str, stored: Stored, problems: list[FieldProblem]
) -> None:
    if is_empty(raw):
        if field.required_always:
            problems.append(FieldProblem(place, "required", {"field": field.api_name}))
        values: Mapping[str, Any] = field.kind.empty(field)
    else:
        try:
            values = field.kind.parse(field, raw, context)
        except ValueProblem as problem:
            problems.append(FieldProblem(place, problem.code, problem.params))
            return
    stored.update({field.physical(suffix): value for suffix, value in values.items()})


def _complete(
    obj: Object,
    given: set[str],
    context: ValueContext,
    pointer: str,
    stored: Stored,
    problems: list[FieldProblem],
) -> None:
    """Defaults for what was not given; required fields still missing are faults."""
    for field in obj.stored_fields:
        if field.api_name in given or not field.kind.writable:
            continue
        if field.definition.default is not None:
            parsed = field.kind.parse(field, field.definition.default, context)
            stored.update({field.physical(suffix): value for suffix, value in parsed.items()})
        elif field in obj.concealed_fields and field.required_always:
            problems.append(FieldProblem(pointer, "required_beyond_you"))
        elif field.required_always:
            problems.append(
                FieldProblem(f"{pointer}/{field.api_name}", "required", {"field": field.api_name})
            )


def is_empty(raw: Any) -> bool:
    """Null, blank text and empty lists all mean: no value."""
    return raw is None or raw == [] or (isinstance(raw, str) and not raw.strip())


def _escaped(name: str) -> str:
    return str(name).replace("~", "~0").replace("/", "~1")
