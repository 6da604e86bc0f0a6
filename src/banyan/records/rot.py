"""Which records have been too long in their stage, as a filter: so every list asks it with its reader's own rights."""

from datetime import datetime, timedelta
from typing import Any

from banyan.metadata.catalog import Catalog, Object
from banyan.metadata.pipelines import Pipeline
from banyan.metadata.states import OPEN, Machine, machine_of
from banyan.records.stages import followers_of

NEVER: dict[str, Any] = {"or": []}


def rotten(catalog: Catalog, obj: Object, now: datetime) -> dict[str, Any]:
    """A filter document over `obj`; one that nothing satisfies where no stage rots."""
    machine = machine_of(catalog, obj)
    entered = None if machine is None else followers_of(machine).entered
    if machine is None or entered is None:
        return NEVER
    arms = []
    for pipeline in machine.pipelines:
        for stage in pipeline.stages:
            if stage.rot_days is not None and machine.categories.get(stage.key) == OPEN:
                before = (now - timedelta(days=stage.rot_days)).isoformat()
                arms.append(
                    {
                        "and": [
                            *in_pipeline(machine, pipeline),
                            {"field": machine.field.api_name, "op": "eq", "value": stage.key},
                            {"field": entered.api_name, "op": "lt", "value": before},
                        ]
                    }
                )
    return {"or": arms}


def in_pipeline(machine: Machine, pipeline: Pipeline) -> list[dict[str, Any]]:
    """Conditions for records that go by the pipeline; those that name none go by the default one."""
    chooser = machine.pipeline_field
    if chooser is None:
        return []
    if pipeline is not machine.default:
        return [{"field": chooser.api_name, "op": "eq", "value": pipeline.key}]
    others = [each.key for each in machine.pipelines if each is not pipeline]
    return [{"field": chooser.api_name, "op": "not_in", "value": others}] if others else []


def open_in(machine: Machine) -> dict[str, Any]:
    """Records that are not over."""
    return {"field": machine.field.api_name, "op": "in", "value": list(machine.of_category(OPEN))}
