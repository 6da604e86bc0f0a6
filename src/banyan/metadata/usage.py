"""Where something of the configuration is used: what would be touched by changing or removing it.

Pure over one catalog. Views, roles and sharing rules are kept elsewhere and are added by who asks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from banyan.filters.ast import conditions
from banyan.filters.document import parse_filter
from banyan.kernel.errors import BanyanError
from banyan.metadata.catalog import Catalog, Field, Object
from banyan.metadata.changes.verify import CONDITIONS
from banyan.metadata.computing import computed_of
from banyan.metadata.definitions import ValidationRule
from banyan.metadata.formulas.facade import check
from banyan.metadata.pipelines import Pipeline, Stage


@dataclass(frozen=True)
class Target:
    """An object, one of its fields, or one choice of a field."""

    object: Object
    field: Field | None = None
    choice: str | None = None


@dataclass(frozen=True)
class Found:
    """`kind` says what uses it, `object` and `field` where that is, `name` what it is called there."""

    kind: str
    object: str
    field: str | None = None
    name: str | None = None


def uses_of(catalog: Catalog, target: Target) -> list[Found]:
    """Every use in objects and fields, each once, in the order of the catalog."""
    found: dict[Found, None] = {}
    for obj in catalog.objects:
        found.update(dict.fromkeys(_in_object(catalog, obj, target)))
    return list(found)


def asks(catalog: Catalog, obj: Object, where: Mapping[str, Any] | None, target: Target) -> bool:
    """Whether a filter over `obj` asks anything of the target."""
    for node in conditions(parse_filter(where)):
        current: Object | None = obj
        for part in node.path.split("."):
            field = None if current is None else current.field(part)
            if field is None or current is None:
                break
            if current is target.object and (target.field is None or field is target.field):
                return target.choice is None or target.choice in _values(node.value)
            current = catalog.by_name.get(str(field.target)) if field.target else None
    return False


def _values(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _in_object(catalog: Catalog, obj: Object, target: Target) -> Iterator[Found]:
    same = obj is target.object
    if target.field is not None and target.choice is None and same:
        yield from _by_name(obj, target.field)
    if target.choice is None:
        yield from _formulas(catalog, obj, target)
    yield from _stages(catalog, obj, target)
    for rule in obj.definition.rules:
        if _in_rule(catalog, obj, rule, target):
            yield Found("rule", obj.api_name, None, rule.key)
    for field in obj.stored_fields:
        yield from _in_field(catalog, obj, field, target)
    for section in obj.definition.layout.sections:
        if section.visible_when is not None and asks(catalog, obj, section.visible_when, target):
            yield Found("layout", obj.api_name, None, next(iter(section.label.values())))


def _stages(catalog: Catalog, obj: Object, target: Target) -> Iterator[Found]:
    for pipeline in obj.definition.pipelines:
        for stage in pipeline.stages:
            if _in_stage(catalog, obj, pipeline, stage, target):
                yield Found("stage", obj.api_name, obj.definition.stage_field, f"{pipeline.key}: {stage.key}")


def _in_stage(catalog: Catalog, obj: Object, pipeline: Pipeline, stage: Stage, target: Target) -> bool:
    """Whether a stage is the choice, or asks something of the field."""
    asked = any(
        document is not None and target.field is not None and asks(catalog, obj, document, target)
        for document in (stage.entry, stage.exit)
    )
    if target.field is None or obj is not target.object:
        return asked
    if target.choice is not None:
        named = {obj.definition.stage_field: stage.key, obj.definition.pipeline_field: pipeline.key}
        return asked or any(_is(obj, name, target) and key == target.choice for name, key in named.items())
    return asked or any(_is(obj, name, target) for name in stage.required)


def _in_rule(catalog: Catalog, obj: Object, rule: ValidationRule, target: Target) -> bool:
    if target.choice is not None:
        return obj is target.object and _named_in(rule.error_when, target)
    return _read_by(catalog, obj, rule.error_when, target) or _is(obj, rule.field, target)


def _named_in(formula: str, target: Target) -> bool:
    return f'"{target.choice}"' in formula and target.field is not None and target.field.api_name in formula


def _is(obj: Object, name: str | None, target: Target) -> bool:
    return name is not None and obj is target.object and obj.field(name) is target.field


def _by_name(obj: Object, field: Field) -> Iterator[Found]:
    """Places of the object's own definition that name the field."""
    written, name = obj.definition, field.api_name
    single = {
        "title": written.title_field,
        "subtitle": written.subtitle_field,
        "board": written.board_field,
        "board_sum": written.board_sum_field,
        "record_type": written.record_type_field,
        "pipeline": written.stage_field if written.pipelines else None,
        "pipeline_field": written.pipeline_field if written.pipelines else None,
    }
    for kind, named in single.items():
        if named == name:
            yield Found(kind, obj.api_name)
    if name in written.quick_create:
        yield Found("quick_create", obj.api_name)
    for unique in written.unique_together:
        if name in unique.fields:
            yield Found("unique", obj.api_name, None, unique.key)
    layouts = [("", written.layout), *((each.key, each.layout) for each in written.layouts)]
    for key, layout in layouts:
        shown = {*layout.highlights, layout.path, *(f for section in layout.sections for f in section.fields)}
        if name in shown:
            yield Found("layout", obj.api_name, None, key or None)


def _formulas(catalog: Catalog, obj: Object, target: Target) -> Iterator[Found]:
    graph = computed_of(catalog).graph
    for field in obj.stored_fields:
        sources = graph.sources.get((obj.id, field.id), ())
        if target.field is None:
            hit = obj is not target.object and any(source[0] == target.object.id for source in sources)
        else:
            hit = (target.object.id, target.field.id) in sources
        if hit:
            yield Found("formula", obj.api_name, field.api_name)
        text = field.definition.default_formula
        if text is not None and _read_by(catalog, obj, text, target):
            yield Found("default", obj.api_name, field.api_name)


def _read_by(catalog: Catalog, obj: Object, text: str, target: Target) -> bool:
    """Whether a formula reads the field; of an object, whether it reads anything of it from elsewhere."""
    try:
        uses = check(text, catalog, obj).uses
    except BanyanError:
        return False
    for use in uses:
        current = obj
        for hop in use.hops:
            holder = hop.object if hop.many else current
            if target.field is not None and hop.field.id == target.field.id and holder is target.object:
                return True
            current = hop.object
        if current is target.object and (
            (target.field is None and obj is not target.object)
            or (target.field is not None and use.field is not None and use.field.id == target.field.id)
        ):
            return True
    return False


def _in_field(catalog: Catalog, obj: Object, field: Field, target: Target) -> Iterator[Found]:
    for condition in CONDITIONS:
        document = getattr(field.definition, condition)
        if document is not None and target.field is not None and asks(catalog, obj, document, target):
            yield Found("condition", obj.api_name, field.api_name, condition)
    if target.field is None and obj is not target.object and field.target is not None:
        if catalog.by_name.get(field.target) is target.object:
            yield Found("relation", obj.api_name, field.api_name)
        return
    inverse = field.kind.inverse(field)
    if inverse is not None and catalog.by_name.get(inverse[0]) is target.object:
        shown = (inverse[1], *field.config.columns, *field.config.totals)  # type: ignore[attr-defined]
        if target.field is None or (target.choice is None and target.field.api_name in shown):
            yield Found("sub_table", obj.api_name, field.api_name)
    if obj is target.object and target.field is not None:
        yield from _dependent(obj, field, target)


def _dependent(obj: Object, field: Field, target: Target) -> Iterator[Found]:
    leading = getattr(field.config, "depends_on", None)
    if leading is None or obj.field(leading) is not target.field:
        return
    choices = getattr(field.config, "choices", ())
    if target.choice is None or any(target.choice in choice.when for choice in choices):
        yield Found("dependent", obj.api_name, field.api_name)
