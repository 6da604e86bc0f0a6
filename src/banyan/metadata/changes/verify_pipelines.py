"""Whether the pipelines of an object hold: their stages, fields and conditions are there and of the right kind."""

from collections.abc import Iterator

from banyan.kernel.errors import FieldProblem, InvalidInput
from banyan.metadata.catalog import Field, Object
from banyan.metadata.changes.conditions import check_condition, unknown
from banyan.metadata.pipelines import Pipeline

CATEGORY_FIELD = "forecast_category"


def verify_pipelines(obj: Object) -> None:
    """Raises InvalidInput with every fault that is a matter of names, then the first of a condition."""
    definition = obj.definition
    stages = _choices(obj, definition.stage_field, "/set/stage_field")
    keys = _choices(obj, definition.pipeline_field, "/set/pipeline_field")
    if definition.pipelines and stages is None:
        raise InvalidInput(problems=[FieldProblem("/set/stage_field", "pipelines_need_stage")])
    if keys is None and sum(each.active for each in definition.pipelines) > 1:
        raise InvalidInput(problems=[FieldProblem("/set/pipeline_field", "pipelines_need_field")])
    problems = []
    for place, pipeline in enumerate(definition.pipelines):
        pointer = f"/set/pipelines/{place}"
        if keys is not None and pipeline.key not in keys:
            problems.append(FieldProblem(f"{pointer}/key", "unknown_choice", {"value": pipeline.key}))
        problems += _of_stages(obj, pipeline, pointer, stages or {})
    if problems:
        raise InvalidInput(problems=problems)
    for place, pipeline in enumerate(definition.pipelines):
        _conditions(obj, pipeline, f"/set/pipelines/{place}")


def _choices(obj: Object, name: str | None, pointer: str) -> dict[str, str] | None:
    """Category by key of a single choice."""
    if name is None:
        return None
    field = obj.field(name)
    if field is None or field.definition.type != "single_choice":
        raise unknown(pointer, name, obj)
    return {choice.key: choice.category or "open" for choice in getattr(field.config, "choices", ())}


def _of_stages(
    obj: Object, pipeline: Pipeline, pointer: str, stages: dict[str, str]
) -> Iterator[FieldProblem]:
    if not any(stages.get(stage.key) == "open" for stage in pipeline.stages):
        yield FieldProblem(f"{pointer}/stages", "pipeline_needs_open_stage")
    if pipeline.reopen.into and stages.get(pipeline.reopen.into) != "open":
        yield FieldProblem(f"{pointer}/reopen/into", "unknown_choice", {"value": pipeline.reopen.into})
    category = obj.field(CATEGORY_FIELD)
    for place, stage in enumerate(pipeline.stages):
        here = f"{pointer}/stages/{place}"
        if stage.key not in stages:
            yield FieldProblem(f"{here}/key", "unknown_choice", {"value": stage.key})
        if stage.forecast_category and not _has_choice(category, stage.forecast_category):
            params = {"value": stage.forecast_category}
            yield FieldProblem(f"{here}/forecast_category", "unknown_choice", params)
        for index, name in enumerate(stage.required):
            field = obj.field(name)
            if field is None or not field.specs:
                params = {"field": name, "object": obj.api_name}
                yield FieldProblem(f"{here}/required/{index}", "unknown_field", params)


def _has_choice(field: Field | None, key: str) -> bool:
    return field is not None and any(each.key == key for each in getattr(field.config, "choices", ()))


def _conditions(obj: Object, pipeline: Pipeline, pointer: str) -> None:
    for place, stage in enumerate(pipeline.stages):
        for name in ("entry", "exit"):
            document = getattr(stage, name)
            if document is not None:
                check_condition(obj, document, f"{pointer}/stages/{place}/{name}")
