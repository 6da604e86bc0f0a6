"""Which computed fields read which fields: the order in which they are set, and circles refused with their way.

Only names are followed here, so the graph can be drawn before any type is known.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from banyan.kernel.errors import Conflict
from banyan.metadata.catalog import Catalog, Field, Object
from banyan.metadata.field_types.formula import FormulaConfig
from banyan.metadata.field_types.lookup import LookupConfig
from banyan.metadata.field_types.rollup import RollupConfig
from banyan.metadata.formulas import syntax
from banyan.metadata.formulas.computations import relation_of
from banyan.metadata.formulas.names import Path, resolve
from banyan.metadata.formulas.problems import FormulaInvalid
from banyan.metadata.formulas.reading import nodes, parse
from banyan.metadata.formulas.tree import Hop

Node = tuple[UUID, UUID]  # object, field


@dataclass(frozen=True, eq=False)
class Graph:
    """Computed fields, each after those it reads. `sources` holds everything a computed field reads."""

    nodes: tuple[Node, ...]
    sources: Mapping[Node, frozenset[Node]]

    def users_of(self, object_id: UUID, field_id: UUID) -> tuple[Node, ...]:
        """Computed fields that read this field directly, the relations on the way included."""
        return tuple(node for node in self.nodes if (object_id, field_id) in self.sources[node])


def dependencies(catalog: Catalog) -> Graph:
    """The graph of a catalog. Raises Conflict `formula_cycle` with the circle as `a.x → b.y → a.x`."""
    names: dict[Node, str] = {}
    sources: dict[Node, frozenset[Node]] = {}
    for obj in catalog.objects:
        for field in obj.stored_fields:
            if field.kind.computed:
                names[obj.id, field.id] = f"{obj.api_name}.{field.api_name}"
                sources[obj.id, field.id] = frozenset(_sources(catalog, obj, field))
    return Graph(_ordered(sources, names), sources)


def _ordered(sources: Mapping[Node, frozenset[Node]], names: Mapping[Node, str]) -> tuple[Node, ...]:
    """Depth first without recursion: a chain of fields may be as long as the catalog."""
    done: dict[Node, None] = {}
    for start in sources:
        way: dict[Node, Iterator[Node]] = {}
        current: Node | None = start
        while current is not None:
            if current not in done and current not in way:
                way[current] = iter([node for node in sources[current] if node in sources])
            last = next(reversed(way), None)
            if last is None:
                break
            current = next(way[last], None)
            if current is None:
                done[last] = None
                del way[last]
                current = next(reversed(way), None)
            elif current in way:
                raise _cycle([*way], current, names)
    return tuple(done)


def _cycle(way: list[Node], closing: Node, names: Mapping[Node, str]) -> Conflict:
    circle = [*way[way.index(closing) :], closing]
    return Conflict("formula_cycle", path=" → ".join(names[node] for node in circle))


def _sources(catalog: Catalog, obj: Object, field: Field) -> Iterable[Node]:
    """Every field read. What cannot be resolved is no dependency; checking the field says so."""
    match field.config:
        case FormulaConfig(formula=text):
            yield from sources_of(text, catalog, obj)
        case LookupConfig(path=text):
            yield from sources_of(text, catalog, obj)
        case RollupConfig() as config:
            try:
                rows, path = relation_of(catalog, obj, config)
            except FormulaInvalid:
                return
            yield from _read(obj, path)
            for text in filter(None, (config.field, config.condition)):
                yield from sources_of(text, catalog, rows.object)
        case _:
            return


def sources_of(text: str, catalog: Catalog, obj: Object) -> Iterable[Node]:
    """Every field that the names of a formula lead through or to."""
    try:
        tree = parse(text) if text else None
    except FormulaInvalid:
        return
    for node in () if tree is None else nodes(tree):
        if isinstance(node, syntax.Name):
            try:
                path = resolve(node, catalog, obj)
            except FormulaInvalid:
                continue
            yield from _read(obj, path)


def _read(obj: Object, path: Path) -> Iterable[Node]:
    current = obj
    hops: list[Hop] = [*(() if path.rows is None else (path.rows,)), *path.hops]
    for hop in hops:
        yield (hop.object.id if hop.many else current.id, hop.field.id)
        current = hop.object
    if path.field is not None:
        yield (current.id, path.field.id)
