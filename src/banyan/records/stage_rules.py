"""What a stage asks, as rules of its object: so every path of a write asks it.

Required fields hold in a stage and past it. Entry, exit and checklist are asked when the stage changes; the stage that
is left is the one whose period is still open, for periods move on after the rules were asked.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from banyan.metadata.catalog import Catalog, Field, Object
from banyan.metadata.pipelines import Pipeline, Stage
from banyan.metadata.states import LOST, OPEN, WON, Machine, machines_of
from banyan.records.rule import Broken, Rule, among, fixed
from banyan.records.stage_tables import stage_tables

_MINE: Mapping[str, Any] = {"field": "owner", "op": "in", "value": ["me", "my_subordinates"]}
_LED: Mapping[str, Any] = {"field": "owner", "op": "in", "value": ["my_subordinates"]}


def stage_rules(catalog: Catalog, obj: Object) -> tuple[Rule, ...]:
    """Every rule of the object's state machines."""
    found: list[Rule] = []
    for machine in machines_of(catalog).get(obj.id, ()):
        found += _beginning(machine)
        if machine.pipelines:
            found += _required(machine)
            found += _inactive(machine)
            for pipeline in machine.pipelines:
                found += _of_pipeline(machine, pipeline)
    return tuple(found)


def _beginning(machine: Machine) -> Iterator[Rule]:
    """Where a new record may begin. A load brings history and is not asked."""
    may = machine.start or tuple(key for key in machine.categories if key not in machine.by_house)
    if machine.start or machine.by_house:
        column = machine.field.physical()

        def elsewhere(base: sa.FromClause, *_: Any) -> ColumnElement[bool]:
            return sa.and_(base.c[column].is_not(None), sa.not_(among(base.c[column], may)))

        yield Rule(
            "start_not_allowed",
            machine.field,
            machine.field.label,
            frozenset(),
            (),
            elsewhere,
            moving=True,
            new_may=lambda row: row.get(column) not in (None, *may),
        )


def _in(machine: Machine, pipeline: Pipeline, base: sa.FromClause) -> ColumnElement[bool]:
    """Whether the record goes by this pipeline; the default one is also that of records which name none of them."""
    chooser = machine.pipeline_field
    if chooser is None:
        return sa.true() if pipeline is machine.default else sa.false()
    column = base.c[chooser.physical()]
    if pipeline is not machine.default:
        return column == fixed(pipeline.key, sa.Text())
    others = [each.key for each in machine.pipelines if each is not pipeline]
    return sa.not_(sa.func.coalesce(among(column, others), sa.false()))


def needed(machine: Machine, pipeline: Pipeline, key: str) -> tuple[str, ...]:
    """Fields a record must have in the stage `key`: its own, and unless it is lost those of the open ones before it."""
    stage = pipeline.stage(key)
    if stage is None:
        return ()
    names = dict.fromkeys(stage.required)
    if machine.categories.get(key) == LOST:
        return tuple(names)
    for each in pipeline.stages[: pipeline.stages.index(stage)]:
        if machine.categories.get(each.key) == OPEN:
            names |= dict.fromkeys(each.required)
    return tuple(names)


def _required(machine: Machine) -> Iterator[Rule]:
    asking: dict[str, list[tuple[Pipeline, list[str]]]] = {}
    for pipeline in machine.pipelines:
        stages: dict[str, list[str]] = {}
        for stage in pipeline.stages:
            for name in needed(machine, pipeline, stage.key):
                stages.setdefault(name, []).append(stage.key)
        for name, keys in stages.items():
            asking.setdefault(name, []).append((pipeline, keys))
    for name, where in asking.items():
        field = machine.object.field(name)
        if field is not None and field.specs:
            yield from _needs(machine, field, where)


def _needs(machine: Machine, field: Field, where: list[tuple[Pipeline, list[str]]]) -> Iterator[Rule]:
    """Nobody empties the field there; and who comes in has it. A record that is in already is left in peace."""
    column = machine.field.physical()

    def missing(base: sa.FromClause, *_: Any) -> ColumnElement[bool]:
        arms = [
            sa.and_(_in(machine, pipeline, base), among(base.c[column], keys)) for pipeline, keys in where
        ]
        return sa.and_(sa.or_(*arms), field.columns(base)[""].is_(None))

    def missing_on_entry(base: sa.FromClause, *_: Any) -> ColumnElement[bool]:
        return sa.and_(missing(base), _moved(machine, base))

    main, stages = field.physical(), {key for _, keys in where for key in keys}

    def new_may(row: Mapping[str, Any]) -> bool:
        return row.get(main) is None and row.get(column) in stages

    own, moved = frozenset({field.id}), frozenset({machine.field.id} | _chooser(machine)) - {field.id}
    yield Rule("stage_needs", field, field.label, own, (), missing, moving=True, new_may=new_may)
    yield Rule("stage_needs", field, field.label, moved, (), missing_on_entry, moving=True, unless=own)


def _moved(machine: Machine, base: sa.FromClause) -> ColumnElement[bool]:
    """Whether this write brings the record into its stage, or into this pipeline."""
    period = stage_tables(machine.object.schema).period.alias("m")
    same = [
        period.c.record_id == base.c.id,
        period.c.field_id == fixed(machine.field.id, sa.Uuid()),
        period.c.left_at.is_(None),
        period.c.stage == base.c[machine.field.physical()],
    ]
    if machine.pipeline_field is not None:
        same.append(period.c.pipeline.is_not_distinct_from(base.c[machine.pipeline_field.physical()]))
    return sa.not_(_any_period(period, base, same))


def _chooser(machine: Machine) -> set[Any]:
    return set() if machine.pipeline_field is None else {machine.pipeline_field.id}


def _inactive(machine: Machine) -> Iterator[Rule]:
    chooser, keys = machine.pipeline_field, [each.key for each in machine.pipelines if not each.active]
    if chooser is not None and keys:

        def closed(base: sa.FromClause, *_: Any) -> ColumnElement[bool]:
            return among(base.c[chooser.physical()], keys)

        column = chooser.physical()
        yield Rule(
            "pipeline_inactive",
            chooser,
            chooser.label,
            frozenset({chooser.id}),
            (),
            closed,
            moving=True,
            new_may=lambda row: row.get(column) in keys,
        )


def _of_pipeline(machine: Machine, pipeline: Pipeline) -> Iterator[Rule]:
    for place, stage in enumerate(pipeline.stages):
        if stage.entry is not None:
            yield _entry(machine, pipeline, stage)
        if machine.categories.get(stage.key) != OPEN:
            continue
        later = [
            each.key for each in pipeline.stages[place + 1 :] if machine.categories.get(each.key) == OPEN
        ]
        later += [each.key for each in pipeline.stages if machine.categories.get(each.key) == WON]
        if stage.exit is not None:
            yield _leaving(machine, pipeline, stage, later, "stage_exit", _unmet, (stage.exit,))
        if any(item.required for item in stage.checklist):
            unticked = _unticked(machine, pipeline, stage)
            yield _leaving(machine, pipeline, stage, later, "stage_checklist", unticked, ())
    yield from _reopening(machine, pipeline)


def _entry(machine: Machine, pipeline: Pipeline, stage: Stage) -> Rule:
    column = machine.field.physical()

    def unfit(base: sa.FromClause, of: Callable[[int], Any], _context: Any) -> ColumnElement[bool]:
        here = base.c[column] == fixed(stage.key, sa.Text())
        return sa.and_(_in(machine, pipeline, base), here, _moved(machine, base), sa.not_(of(0)))

    named = frozenset({machine.field.id} | _chooser(machine))
    label = _label(machine, stage.key)
    return Rule(
        "stage_entry",
        machine.field,
        label,
        named,
        (stage.entry,),
        unfit,
        moving=True,
        new_may=lambda row: row.get(column) == stage.key,
    )


def _label(machine: Machine, key: str) -> Mapping[str, str]:
    choices = getattr(machine.field.config, "choices", ())
    return next((choice.label for choice in choices if choice.key == key), {"en": key})


def _came_from(machine: Machine, base: sa.FromClause, keys: Collection[str]) -> ColumnElement[bool]:
    """Whether the record was in one of `keys` until this write."""
    period = stage_tables(machine.object.schema).period.alias("p")
    was = [
        period.c.record_id == base.c.id,
        period.c.field_id == fixed(machine.field.id, sa.Uuid()),
        period.c.left_at.is_(None),
        among(period.c.stage, list(keys)),
    ]
    return _any_period(period, base, was)


def _any_period(period: sa.FromClause, base: sa.FromClause, conditions: Sequence[Any]) -> ColumnElement[bool]:
    """OFFSET 0 keeps it one look by the key: else the planner may read every period there is and hash it.

    It does so where the table has no statistics yet, as after a large load: of a write of one record, all the time.
    """
    found: sa.Select[Any] = (
        sa.select(sa.literal_column("1")).select_from(period).where(*conditions).correlate(base)
    )
    return sa.exists(found.offset(sa.literal_column("0")))


def _leaving(
    machine: Machine,
    pipeline: Pipeline,
    stage: Stage,
    later: list[str],
    code: str,
    unmet: Broken,
    filters: tuple[Any, ...],
) -> Rule:
    """Going on from `stage`; going back, and giving up, ask nothing."""
    column = machine.field.physical()

    def broken(base: sa.FromClause, of: Callable[[int], Any], context: Any) -> ColumnElement[bool]:
        return sa.and_(
            _in(machine, pipeline, base),
            among(base.c[column], later),
            _came_from(machine, base, [stage.key]),
            unmet(base, of, context),
        )

    return Rule(
        code,
        machine.field,
        _label(machine, stage.key),
        frozenset({machine.field.id}),
        filters,
        broken,
        moving=True,
        new_may=_came_from_nowhere,
    )


def _came_from_nowhere(_row: Mapping[str, Any]) -> bool:
    return False


def _unmet(_base: sa.FromClause, of: Callable[[int], Any], _context: Any) -> ColumnElement[bool]:
    met: ColumnElement[bool] = of(0)
    return sa.not_(met)


def _unticked(machine: Machine, pipeline: Pipeline, stage: Stage) -> Broken:
    items = [item.key for item in stage.checklist if item.required]

    def unticked(base: sa.FromClause, *_: Any) -> ColumnElement[bool]:
        check = stage_tables(machine.object.schema).check.alias("c")
        done = (
            sa.select(sa.func.count())
            .select_from(check)
            .where(
                check.c.record_id == base.c.id,
                check.c.pipeline == fixed(pipeline.key, sa.Text()),
                check.c.stage == fixed(stage.key, sa.Text()),
                among(check.c.item, items),
            )
            .scalar_subquery()
        )
        return fixed(len(items), sa.Integer()) > done

    return unticked


def _reopening(machine: Machine, pipeline: Pipeline) -> Iterator[Rule]:
    reopen = pipeline.reopen
    if reopen.who in ("anyone", "nobody"):  # Nobody: the database allows no such move.
        return
    column, filters = machine.field.physical(), {"owner": (_MINE,), "manager": (_LED,)}.get(reopen.who, ())

    def foreign(base: sa.FromClause, of: Callable[[int], Any], _context: Any) -> ColumnElement[bool]:
        return sa.and_(
            _in(machine, pipeline, base),
            among(base.c[column], machine.of_category(OPEN)),
            _came_from(machine, base, machine.of_category(WON, LOST)),
            *(sa.not_(sa.func.coalesce(of(place), sa.false())) for place in range(len(filters))),
        )

    yield Rule(
        "reopen_not_yours",
        machine.field,
        machine.field.label,
        frozenset({machine.field.id}),
        filters,
        foreign,
        moving=True,
        spared=frozenset(reopen.roles),
        people=True,
        new_may=_came_from_nowhere,
    )
