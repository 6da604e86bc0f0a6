"""How columns of a file become fields: what a person decides, checked against the object before anything runs."""

from collections.abc import Mapping
from typing import Literal, NoReturn

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.imports.profile import Profile
from banyan.imports.suggest import Suggestion
from banyan.kernel.errors import Denied, FieldProblem, InvalidInput
from banyan.metadata.catalog import Catalog, Field, Object


class ColumnMapping(BaseModel):
    """One column of the file.

    `values` replaces cells before they are read; `format` is a date form; `match_by` is the field of the related
    object under which its records are found.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: int = Bound(ge=0)
    field: str
    match_by: str | None = None
    create_missing: bool = False
    values: Mapping[str, str] = Bound(default_factory=dict)
    create_choices: bool = False
    format: str | None = None


class ImportMapping(BaseModel):
    """`key` names a unique field: rows that match an existing record update it.

    `history`: new rows come as they stood, in whatever stage; else a stage asks of them what it asks of any new record.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: tuple[ColumnMapping, ...] = Bound(max_length=1_000)
    key: str | None = None
    currency: str | None = Bound(default=None, pattern="^[A-Z]{3}$")
    duplicates: Literal["review", "leave_out"] = "review"
    history: bool = True


def suggested_mapping(obj: Object, profile: Profile, suggestions: Mapping[int, Suggestion]) -> ImportMapping:
    """The mapping a person starts from: what was suggested, date forms as found, relations matched by title."""
    forms = profile.date_forms()
    columns = []
    for index, suggestion in sorted(suggestions.items()):
        field = obj.by_name[suggestion.field]
        dated = field.kind.key in ("date", "datetime")
        columns.append(
            ColumnMapping(column=index, field=field.api_name, format=forms.get(index) if dated else None)
        )
    return ImportMapping(columns=tuple(columns))


def check_mapping(catalog: Catalog, obj: Object, mapping: ImportMapping, names: list[str]) -> None:
    """Refuse a mapping that cannot run. Raises InvalidInput with a pointer per fault, Denied for a masked field."""
    problems: list[FieldProblem] = []
    seen: set[str] = set()
    for index, item in enumerate(mapping.columns):
        place = f"/columns/{index}"
        field = obj.field(item.field)
        if item.column >= len(names):
            problems.append(
                FieldProblem(f"{place}/column", "mapping_unknown_column", {"column": item.column})
            )
        if field is None:
            problems.append(FieldProblem(f"{place}/field", "unknown_field", {"field": item.field}))
            continue
        if field.readonly:
            problems.append(FieldProblem(f"{place}/field", "readonly_field", {"field": item.field}))
        if field.api_name in seen:
            problems.append(FieldProblem(f"{place}/field", "mapping_field_twice", {"field": item.field}))
        seen.add(field.api_name)
        if item.match_by is not None:
            target = catalog.by_name.get(field.reaches[0]) if field.kind.matchable else None
            match = target.field(item.match_by) if target else None
            if match is None or not (len(match.specs) == 1 or match.kind.titleable):
                problems.append(FieldProblem(f"{place}/match_by", "unknown_field", {"field": item.match_by}))
            elif match.masked:
                # Which text finds a record tells what stands in it.
                _refuse_masked(f"{place}/match_by", match)
    problems += _missing(obj, mapping, seen)
    if problems:
        raise InvalidInput(problems=problems)


def _refuse_masked(pointer: str, field: Field) -> NoReturn:
    name = field.api_name
    problems = [FieldProblem(pointer, "field_masked", {"field": name})]
    raise Denied("field_masked", problems=problems, field=name)


def _missing(obj: Object, mapping: ImportMapping, seen: set[str]) -> list[FieldProblem]:
    problems: list[FieldProblem] = []
    if not mapping.columns:
        problems.append(FieldProblem("/columns", "no_columns_mapped"))
    key = obj.field(mapping.key) if mapping.key is not None else None
    if mapping.key is not None and (key is None or not key.definition.unique or key.api_name not in seen):
        problems.append(FieldProblem("/key", "not_unique_field", {"field": mapping.key}))
    for field in obj.custom_fields:
        needed = field.required and not field.readonly and field.definition.default is None
        if needed and field.api_name not in seen:
            problems.append(FieldProblem(f"/fields/{field.api_name}", "required", {"field": field.api_name}))
    return problems
