"""How the rows of a page are walked under a scope: one walk in the order of the page, or arm by arm. Chosen by cost.

The choice never decides what a page holds, only what is read to find it (docs/adr/0020-scoped-lists.md).
"""

from typing import Literal

from banyan.metadata.orders import sort_column
from banyan.query.authorised import Arm, AuthorisedQuery
from banyan.query.resolved import ResolvedBranch, ResolvedFilter, ResolvedShared
from banyan.query.statistics import Known

# spread: one ordered index scan for each owner or department of the arm, each limited; walk: one in the order of the
# page, limited; gather: all rows of the arm, sorted afterwards.
Mode = Literal["spread", "walk", "gather"]
Walk = tuple[Mode, ...]  # for each arm; none of them: one statement with all arms in its WHERE
PLAIN: Walk = ()

# What is read, in rows of the table met in no order of theirs.
_DESCENT, _ENTRY, _GATHERED, _SCANNED, _SHARED = 2.0, 0.15, 0.7, 0.3, 50.0
_RISK = (
    2.0  # rows of a scope may all lie at the far end of the order: only then is a walk longer than reckoned
)
_FEW_BESIDE = 0.15  # a row looked at costs as much as six keys brought together
_PASSING = 1 / 8  # rows that pass further conditions, of which nothing is known here


def choose(query: AuthorisedQuery, known: Known) -> Walk:
    """The cheapest way, by what is known of the table."""
    if not query.arms:
        return PLAIN
    column = order_column(query)
    if not query.narrow:
        # A condition of its own finds its rows by whatever index suits it; in another order than the id's the planner
        # weighs the whole.
        return tuple(_best(query, known, arm, "id")[1] for arm in query.arms) if column == "id" else PLAIN
    chosen = [_best(query, known, arm, column) for arm in query.arms]
    modes = tuple(mode for _, mode in chosen)
    if "walk" in modes or sum(cost for cost, _ in chosen) > _plain(query, known, column):
        return PLAIN
    return modes


def counted_first(query: AuthorisedQuery, known: Known, cap: int | None) -> int | None:
    """The arm to count from its index alone, the few rows of the others being looked at; None where they are many.

    One that reaches `cap` by itself is enough, however many rows the others have.
    """
    if not query.narrow:
        return None
    sizes = [_size(known, arm) for arm in query.arms]
    first = max(range(len(sizes)), key=sizes.__getitem__)
    others = sum(sizes) - sizes[first]
    if cap is not None and sizes[first] * (1.0 if _is_free(query) else _PASSING) >= cap:
        return first
    # Where further conditions are asked of every row anyway, nothing is spared by bringing keys together.
    return first if not _is_free(query) or others <= _FEW_BESIDE * sizes[first] else None


def _size(known: Known, arm: Arm) -> float:
    return _SHARED if arm.scope is None else known.rows * known.share(*arm.scope)


def order_column(query: AuthorisedQuery) -> str | None:
    """The physical column that leads the order of the page, if it is one."""
    if not query.sort:
        return "id"
    first = query.sort[0].ref
    return None if first.hops else sort_column(query.catalog, first.object, first.field)


def _best(query: AuthorisedQuery, known: Known, arm: Arm, column: str | None) -> tuple[float, Mode]:
    if isinstance(arm.node, ResolvedShared):
        return _SHARED, "gather"
    if arm.scope is None:
        return known.rows, "walk"
    scope, keys = arm.scope
    rows = known.rows * known.share(scope, keys)
    ways: list[tuple[float, Mode]] = [(_DESCENT * len(keys) + _GATHERED * rows, "gather")]
    if column is not None and known.leads(scope, column):
        each = min(_wanted(query), rows / len(keys))
        # Without further conditions the entries of the index tell all that is asked.
        ways.append((len(keys) * (_DESCENT + each * (_ENTRY if _is_free(query) else 1.0)), "spread"))
    if column is not None and known.leads(column):
        ways.append((_RISK * _walked(query, known, rows), "walk"))
    return min(ways)


def _plain(query: AuthorisedQuery, known: Known, column: str | None) -> float:
    scopes = [arm.scope for arm in query.arms if arm.scope is not None]
    rows = known.rows * min(1.0, sum(known.share(*scope) for scope in scopes))
    if column is None or not known.leads(column):
        return _SCANNED * known.rows
    return _RISK * _walked(query, known, rows)


def _walked(query: AuthorisedQuery, known: Known, rows: float) -> float:
    """Rows met in the order of the page until enough of them are among `rows`."""
    return min(known.rows, _wanted(query) * known.rows / max(rows, 1.0))


def _wanted(query: AuthorisedQuery) -> float:
    return (query.limit + 1) / (1.0 if _is_free(query) else _PASSING)


def _is_free(query: AuthorisedQuery) -> bool:
    return _is_everything(query.rest)


def _is_everything(node: ResolvedFilter) -> bool:
    return isinstance(node, ResolvedBranch) and node.kind == "and" and all(map(_is_everything, node.parts))
