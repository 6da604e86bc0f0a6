"""Every shared view and every plain list of an object, asked for its plan; what would make it quick, if anything."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from banyan.access.policy import system_policy
from banyan.advisor.plans import MANY, Reading, read_plan
from banyan.db.database import Connection
from banyan.db.indexes import counted_tables
from banyan.kernel.errors import BanyanError
from banyan.metadata.catalog import Catalog, Field, Object
from banyan.metadata.changes import ddl
from banyan.metadata.orders import sort_column
from banyan.metadata.views import shared_views
from banyan.query.authorised import AuthorisedQuery, authorise
from banyan.query.explaining import plan_of_page
from banyan.query.parsed import ParsedQuery, Sort
from banyan.query.resolved import ResolvedBranch, ResolvedCondition, ResolvedFilter
from banyan.query.statistics import Known, forget_known, known_of
from banyan.records.session import Session

MOST_VIEWS = 300
MOST_FIELDS = 3  # that lead an index, before the one of the order


@dataclass(frozen=True)
class Slow:
    """A view that reads or sorts much; `view` None is the plain list. `fields` of an index that would help it."""

    object: Object
    view: Mapping[str, Any] | None
    reading: Reading
    sorted_by: tuple[Field, ...]
    fields: tuple[Field, ...]


async def slow_views(connection: Connection, session: Session) -> tuple[list[Slow], int]:
    """The slow ones, those that read most first, and how many were asked.

    Asked as whoever sees all records: who sees fewer has further ways in, which are indexed by the house itself.
    """
    catalog = session.full
    eyes = Session(session.actor, system_policy(session.actor), catalog, session.currency, now=session.now)
    rows = await counted_tables(connection, catalog.schema, MANY)
    forget_known(catalog.schema)  # An index that was made a moment ago counts.
    found: list[Slow] = []
    asked = 0
    for obj, view in await _asked(connection, catalog):
        query = _query(eyes, obj, {} if view is None else view.get("config", {}))
        if query is None:
            continue
        asked += 1
        if obj.table_name not in rows:
            continue
        known = await known_of(connection, obj)
        reading = read_plan(await plan_of_page(connection, query), obj.table_name, rows[obj.table_name])
        if reading.is_slow:
            order = tuple(item.ref.field for item in query.sort)
            found.append(Slow(obj, view, reading, order, _helpful(query, known)))
    return sorted(found, key=lambda each: -max(each.reading.rows, each.reading.sorted)), asked


async def _asked(connection: Connection, catalog: Catalog) -> list[tuple[Object, Mapping[str, Any] | None]]:
    views = (await shared_views(connection, catalog, ids=True))[:MOST_VIEWS]
    plain: list[tuple[Object, Mapping[str, Any] | None]] = [(obj, None) for obj in catalog.objects]
    return [*((catalog.object(view["object"]), view) for view in views), *plain]


def _query(session: Session, obj: Object, config: Mapping[str, Any]) -> AuthorisedQuery | None:
    """The page that the view shows first; None for one that can no longer be asked (a field of it is gone)."""
    sort = tuple(Sort.model_validate(each) for each in config.get("sort", ()))
    columns = tuple(name for name in config.get("columns", ()) if obj.field(name.split(".")[0]) is not None)
    asked = ParsedQuery(select=columns or None, where=config.get("where"), sort=sort)
    try:
        return authorise(session.policy, session.resolver, obj, asked)
    except BanyanError:
        return None


def _helpful(query: AuthorisedQuery, known: Known) -> tuple[Field, ...]:
    """Fields one value of which is asked for, then the first of the order; none where such an index stands."""
    order = _order(query)
    equal: list[Field] = []
    for field in dict.fromkeys(_equal(query.where)):
        if len(equal) < MOST_FIELDS and ddl.fit_together([*equal, field, *order]):
            equal.append(field)
    fields = equal + [field for field in order if field not in equal]
    if not fields or known.leads(*columns_of(fields)):
        return ()
    return tuple(fields)


def _equal(node: ResolvedFilter) -> Iterator[Field]:
    if isinstance(node, ResolvedBranch) and node.kind == "and":
        for part in node.parts:
            yield from _equal(part)
    elif isinstance(node, ResolvedCondition) and _asks_for_one(node):
        yield node.ref.field


def _asks_for_one(node: ResolvedCondition) -> bool:
    return node.operator.key == "eq" and not node.ref.hops and can_lead(node.ref.field)


def _order(query: AuthorisedQuery) -> list[Field]:
    if not query.sort or query.sort[0].ref.hops:
        return []
    first = query.sort[0].ref
    column = sort_column(query.catalog, first.object, first.field)
    return [first.field] if column is not None and can_lead(first.field) and column != "id" else []


def can_lead(field: Field) -> bool:
    """Whether one plain column holds the field, in an order that an index keeps and of a length that it holds."""
    if field.kind.virtual or not field.specs or not ddl.fit_together([field]):
        return False
    return not any(spec.suffix == "" and spec.ddl.endswith("[]") for spec in field.specs)


def columns_of(fields: Sequence[Field]) -> tuple[str, ...]:
    return tuple(field.physical() for field in fields)
