"""The last look at a planned change: whether everything in it that names something else still holds.

Formulas, rules, conditions and choices speak of fields. What a change itself says wrongly is refused at its place; what
somebody else's formula loses by it is refused as being in use, naming who uses it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from banyan.kernel.errors import BanyanError, Conflict, FieldProblem, InvalidInput
from banyan.metadata.catalog import Catalog, Field, Object
from banyan.metadata.changes.conditions import check_condition, unknown
from banyan.metadata.changes.held_rules import require_holdable
from banyan.metadata.changes.state import State
from banyan.metadata.changes.verify_pipelines import verify_pipelines
from banyan.metadata.formulas.facade import BOOLEAN, check, computation, dependencies

CONDITIONS = ("visible_when", "required_when", "readonly_when")
MOST_NAMED = 20


@dataclass(frozen=True)
class _Part:
    """One thing that names others: who it is, whether this change wrote it, and how it is judged."""

    name: str
    fresh: bool
    judge: Callable[[], object]


def verify(before: State, after: State) -> None:
    """Raises the fault of the first new part that does not hold, or names all old ones that no longer do."""
    catalog = after.catalog()
    dependencies(catalog)
    lost: list[str] = []
    for part in _parts(before, catalog):
        try:
            part.judge()
        except BanyanError:
            if part.fresh:
                raise
            lost.append(part.name)
    if lost:
        raise Conflict("used_elsewhere", used_by=", ".join(lost[:MOST_NAMED]))


def _parts(before: State, catalog: Catalog) -> Iterator[_Part]:
    judged = {id(obj) for obj in before.catalog().objects}
    for obj in catalog.objects:
        stored = before.objects.get(obj.id)
        for field in obj.stored_fields:
            known = before.fields.get(field.id)
            fresh = known is None or known.archived or known.definition != field.definition
            yield from _of_field(catalog, obj, field, fresh=fresh)
        was = None if stored is None else stored.definition
        yield from _of_object(catalog, obj, was, same=id(obj) in judged)


def _of_field(catalog: Catalog, obj: Object, field: Field, *, fresh: bool) -> Iterator[_Part]:
    definition, name = field.definition, f"{obj.api_name}.{field.api_name}"
    if field.kind.computed:
        yield _Part(name, fresh, lambda: _same_result(catalog, obj, field))
    if definition.default_formula is not None:
        yield _Part(name, fresh, lambda: _default(catalog, obj, field))
    for condition in CONDITIONS:
        document = getattr(definition, condition)
        if document is not None:
            yield _Part(name, fresh, _judging(obj, document, f"/field/{condition}"))
    if field.kind.inverse(field) is not None:
        yield _Part(name, fresh, lambda: _sub_table(catalog, obj, field))
    if getattr(field.config, "depends_on", None):
        yield _Part(name, fresh, lambda: _dependent(obj, field))


def _of_object(catalog: Catalog, obj: Object, was: Any, *, same: bool) -> Iterator[_Part]:
    """`same`: the object is the one it was before, with all its fields."""
    definition = obj.definition
    for place, rule in enumerate(definition.rules):
        fresh = was is None or rule not in was.rules
        yield _Part(f"{obj.api_name}: {rule.key}", fresh, _rule(catalog, obj, place, rule, same=same))
    for place, unique in enumerate(definition.unique_together):
        fresh = was is None or unique not in was.unique_together
        pointer = f"/set/unique_together/{place}/fields"
        yield _Part(f"{obj.api_name}: {unique.key}", fresh, _known(obj, unique.fields, pointer))
    named = definition.record_type_field
    if named is not None:
        fresh = was is None or was.record_type_field != named
        yield _Part(f"{obj.api_name}: record_type_field", fresh, lambda: _record_type(obj, named))
    if definition.pipelines or definition.stage_field or definition.pipeline_field:
        fresh = was is None or _of_pipelines(was) != _of_pipelines(definition)
        yield _Part(f"{obj.api_name}: pipelines", fresh, lambda: verify_pipelines(obj))
    sections = [
        section
        for each in (definition.layout, *(n.layout for n in definition.layouts))
        for section in each.sections
    ]
    for section in sections:
        if section.visible_when is not None:
            fresh = was is None or (was.layout, was.layouts) != (definition.layout, definition.layouts)
            yield _Part(f"{obj.api_name}: layout", fresh, _judging(obj, section.visible_when, "/set/layout"))


def _of_pipelines(definition: Any) -> tuple[Any, ...]:
    return definition.stage_field, definition.pipeline_field, definition.pipelines


def _same_result(catalog: Catalog, obj: Object, field: Field) -> None:
    found = computation(catalog, obj, field)
    kept = field.config.model_dump(mode="json").get("result")
    if found.config.get("result") != kept:
        raise InvalidInput("formula_result_changes", field=f"{obj.api_name}.{field.api_name}")


def _sub_table(catalog: Catalog, obj: Object, field: Field) -> None:
    child_name, relation_name = field.kind.inverse(field) or ("", "")
    child = catalog.by_name.get(child_name)
    relation = None if child is None else child.field(relation_name)
    if child is None or relation is None or catalog.by_name.get(str(relation.target)) is not obj:
        raise unknown("/field/config/relation", f"{child_name}.{relation_name}", obj)
    for place in ("columns", "totals"):
        for index, name in enumerate(getattr(field.config, place)):
            if child.field(name) is None:
                raise unknown(f"/field/config/{place}/{index}", name, child)


def _default(catalog: Catalog, obj: Object, field: Field) -> None:
    if field.kind.computed or not field.kind.writable:
        raise InvalidInput("default_not_taken", field=field.api_name)
    check(str(field.definition.default_formula), catalog, obj)


def _rule(catalog: Catalog, obj: Object, place: int, rule: Any, *, same: bool) -> Callable[[], object]:
    def judge() -> None:
        if rule.field is not None and obj.field(rule.field) is None:
            raise unknown(f"/set/rules/{place}/field", rule.field, obj)
        try:
            check(rule.error_when, catalog, obj, expect=BOOLEAN)
        except InvalidInput as error:
            pointer = f"/set/rules/{place}/error_when"
            error.problems = tuple(FieldProblem(pointer, one.code, one.params) for one in error.problems)
            raise
        if rule.held:
            require_holdable(catalog, obj, place, rule, same=same)

    return judge


def _known(obj: Object, names: tuple[str, ...], pointer: str) -> Callable[[], object]:
    def judge() -> None:
        for place, name in enumerate(names):
            field = obj.field(name)
            if field is None or field.system or not field.specs:
                raise unknown(f"{pointer}/{place}", name, obj)

    return judge


def _record_type(obj: Object, name: str) -> None:
    field = obj.field(name)
    if field is None or field.kind.key != "single_choice":
        raise unknown("/set/record_type_field", name, obj)


def _dependent(obj: Object, field: Field) -> None:
    name = str(getattr(field.config, "depends_on", ""))
    leading = obj.field(name)
    if leading is None or leading is field or leading.kind.key != "single_choice":
        raise unknown("/field/config/depends_on", name, obj)
    keys = {choice.key for choice in getattr(leading.config, "choices", ())}
    for place, choice in enumerate(getattr(field.config, "choices", ())):
        for key in choice.when:
            if key not in keys:
                problem = FieldProblem(
                    f"/field/config/choices/{place}/when", "unknown_choice", {"value": key}
                )
                raise InvalidInput(problems=[problem])


def _judging(obj: Object, document: Mapping[str, Any], pointer: str) -> Callable[[], object]:
    return lambda: check_condition(obj, document, pointer)
