"""Whether a template says something: its texts are Liquid, and what they name is there. Asked before it is kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from banyan.kernel.errors import FieldProblem, InvalidInput
from banyan.metadata.catalog import Catalog, Object
from banyan.printing.filling import DOCUMENT, PRINT
from banyan.printing.material import relation_target
from banyan.printing.template import ITEM, ROW_NUMBER, TemplateDocument

_PRINT = frozenset({"date", "by", "language"})
_NO_TEXTS = frozenset({"paper", "words_of", "marks"})


@dataclass(frozen=True)
class Wanted:
    """What a template reads beside the record itself."""

    relations: frozenset[str]
    tables: frozenset[str]


def texts_of(part: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Every Liquid text of a template with its place."""
    if isinstance(part, str):
        yield part, pointer
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            if name in _NO_TEXTS or (name in ("field", "source")):
                continue
            yield from texts_of(getattr(part, name), f"{pointer}/{name}")
    elif isinstance(part, tuple):
        for place, each in enumerate(part):
            yield from texts_of(each, f"{pointer}/{place}")


def _names_in(text: str, language: str, place: str) -> set[tuple[str, ...]]:
    from banyan.printing.liquid import names_in

    return names_in(text, language, place)


def wanted_by(template: TemplateDocument, language: str) -> Wanted:
    """Raises InvalidInput for a text that is not Liquid."""
    named = {path[0] for text, place in texts_of(template) for path in _names_in(text, language, place)}
    return Wanted(frozenset(named - {DOCUMENT, PRINT}), frozenset(table.source for table in template.tables))


def check_template(catalog: Catalog, obj: Object, template: TemplateDocument, language: str) -> None:
    """Raises InvalidInput with the place of all that is wrong. `catalog` is all of it: for every reader."""
    problems = [*_texts(catalog, obj, template, language), *_tables(catalog, obj, template)]
    for place, total in enumerate(template.totals):
        if obj.field(total.field) is None:
            problems.append(_unknown(f"/totals/{place}/field", total.field, obj))
    if template.words_of and obj.field(template.words_of) is None:
        problems.append(_unknown("/words_of", template.words_of, obj))
    if problems:
        raise InvalidInput(problems=problems)


def _texts(
    catalog: Catalog, obj: Object, template: TemplateDocument, language: str
) -> Iterator[FieldProblem]:
    for text, place in texts_of(template):
        try:
            paths = _names_in(text, language, place)
        except InvalidInput as error:
            yield from error.problems
            continue
        for path in sorted(paths):
            if not _known(catalog, obj, path):
                yield FieldProblem(place, "print_name", {"name": ".".join(path)})


def _known(catalog: Catalog, obj: Object, path: Sequence[str]) -> bool:
    if len(path) != 2:  # noqa: PLR2004 - a record and its field
        return False
    root, name = path
    if root == PRINT:
        return name in _PRINT
    if root == DOCUMENT:
        return obj.field(name) is not None
    relation = obj.field(root)
    target = None if relation is None else relation_target(catalog, relation)
    return target is not None and target.field(name) is not None


def _tables(catalog: Catalog, obj: Object, template: TemplateDocument) -> Iterator[FieldProblem]:
    for place, table in enumerate(template.tables):
        found = obj.field(table.source)
        inverse = None if found is None else found.kind.inverse(found)
        child = None if inverse is None else catalog.by_name.get(inverse[0])
        if child is None:
            yield FieldProblem(f"/tables/{place}/source", "print_table", {"field": table.source})
            continue
        for position, column in enumerate(table.columns):
            if column.field not in (ITEM, ROW_NUMBER) and child.field(column.field) is None:
                yield _unknown(f"/tables/{place}/columns/{position}/field", column.field, child)


def _unknown(pointer: str, name: str, obj: Object) -> FieldProblem:
    return FieldProblem(pointer, "unknown_field", {"field": name, "object": obj.api_name})
