"""State machines: which value of a single choice may follow which, out of an object's pipelines or a field's own rules.

Pure over one catalog. The moves are what the database holds (changes/states.py) and what people are told of.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from banyan.metadata.catalog import Catalog, Field, Object
from banyan.metadata.keeping import Keeping
from banyan.metadata.pipelines import Pipeline, Stage

ANY = ""  # The pipeline of records that name none, or one that is not described.
OPEN, WON, LOST = "open", "won", "lost"
Move = tuple[str, str, str, bool]  # pipeline, from, to, whether only the house makes it


@dataclass(frozen=True, eq=False)
class Machine(Keeping):
    """The states of one field. Without pipelines the moves are the field's own `transitions`."""

    object: Object
    field: Field
    pipeline_field: Field | None = None
    pipelines: tuple[Pipeline, ...] = ()

    @cached_property
    def categories(self) -> Mapping[str, str]:
        return {choice.key: choice.category or OPEN for choice in getattr(self.field.config, "choices", ())}

    def of_category(self, *wanted: str) -> tuple[str, ...]:
        return tuple(key for key, category in self.categories.items() if category in wanted)

    @cached_property
    def by_house(self) -> frozenset[str]:
        """States that only the house moves a record into."""
        return frozenset(each.key for each in getattr(self.field.config, "choices", ()) if each.managed)

    @cached_property
    def start(self) -> tuple[str, ...]:
        """States in which somebody's new record may begin; none named: any but the house's own."""
        return tuple(getattr(self.field.config, "start", ()))

    @property
    def default(self) -> Pipeline | None:
        """The pipeline of records that name none: the first active one."""
        return next((each for each in self.pipelines if each.active), next(iter(self.pipelines), None))

    def pipeline(self, key: str | None) -> Pipeline | None:
        return next((each for each in self.pipelines if each.key == key), self.default)

    def stage(self, pipeline: str | None, key: str | None) -> Stage | None:
        found = self.pipeline(pipeline)
        return None if found is None else found.stage(key)

    @cached_property
    def moves(self) -> frozenset[Move]:
        """Every allowed move, and of each known state the one to itself."""
        if not self.pipelines:
            return frozenset(self._transitions())
        found = {
            (each.key, *move)
            for each in self.pipelines
            for move in _pipeline_moves(each, self.categories, self.by_house)
        }
        if self.default is not None:
            found |= {(ANY, *move) for move in _pipeline_moves(self.default, self.categories, self.by_house)}
        return frozenset(found)

    def _transitions(self) -> Iterator[Move]:
        known = list(self.categories)
        written = getattr(self.field.config, "transitions", None) or {}
        # A state of the house that no transition leads to may be reached from every open one.
        loose = self.by_house - {state for following in written.values() for state in following}
        for key in known:
            yield (ANY, key, key, False)
            following = [other for other in known if other != key] if key not in written else written[key]
            for other in following:
                if other != key and other in self.categories:
                    yield (ANY, key, other, other in self.by_house)
            if self.categories[key] == OPEN:
                for other in loose:  # And back, where the house takes back what it did.
                    yield from [(ANY, key, other, True), (ANY, other, key, True)]

    def allowed(self, pipeline: str | None, state: str | None) -> list[str]:
        """States that may follow, in the order of the choices."""
        named = {move[0] for move in self.moves}
        key = pipeline if pipeline in named else ANY
        reached = {
            move[2] for move in self.moves if move[:2] == (key, state) and move[2] != state and not move[3]
        }
        return [key for key in self.categories if key in reached]


def _pipeline_moves(
    pipeline: Pipeline, categories: Mapping[str, str], by_house: frozenset[str]
) -> Iterator[tuple[str, str, bool]]:
    open_ones = [stage.key for stage in pipeline.stages if categories.get(stage.key, OPEN) == OPEN]
    closed = [stage.key for stage in pipeline.stages if stage.key not in open_ones]
    for stage in pipeline.stages:
        yield (stage.key, stage.key, False)
        for other in _following(pipeline, stage, open_ones, closed):
            if other != stage.key:
                yield (stage.key, other, other in by_house)


def _following(
    pipeline: Pipeline, stage: Stage, open_ones: list[str], closed: list[str]
) -> tuple[str, ...] | list[str]:
    if stage.key in closed:
        # From one end to another a record only goes by being taken up again.
        into = [pipeline.reopen.into] if pipeline.reopen.into else open_ones
        return [] if pipeline.reopen.who == "nobody" else into
    if stage.next:
        return stage.next
    if pipeline.skipping:
        return [*open_ones, *closed]
    place = open_ones.index(stage.key)
    return [*open_ones[: place + 2], *closed]


def machines_of(catalog: Catalog) -> Mapping[UUID, tuple[Machine, ...]]:
    """State machines by object, of those objects that have any."""
    return catalog.keep("state machines", lambda: _machines_of(catalog))


def _machines_of(catalog: Catalog) -> dict[UUID, tuple[Machine, ...]]:
    found = {}
    for obj in catalog.objects:
        if machines := tuple(_machines(obj)):
            found[obj.id] = machines
    return found


def _machines(obj: Object) -> Iterator[Machine]:
    definition = obj.definition
    named = {field.api_name: field for field in obj.stored_fields} | {
        alias: field for field in obj.stored_fields for alias in field.definition.aliases
    }
    stage = named.get(definition.stage_field or "")
    chooser = named.get(definition.pipeline_field or "")
    for field in obj.stored_fields:
        if field.definition.type != "single_choice":
            continue
        if field is stage and definition.pipelines:
            yield Machine(obj, field, chooser, definition.pipelines)
        elif field.definition.config.get("transitions") is not None:
            yield Machine(obj, field)


def machine_of(catalog: Catalog, obj: Object) -> Machine | None:
    """The machine of an object's stage: of its pipelines, else the one its layout shows as its path, else the first."""
    found = machines_of(catalog).get(obj.id, ())
    path = obj.definition.layout.path
    return next(
        (each for each in found if each.pipelines),
        next((each for each in found if each.field.api_name == path), next(iter(found), None)),
    )
