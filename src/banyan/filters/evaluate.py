"""The in-memory twin of filters in SQL: same meaning, held equal by a property test."""

from collections.abc import Callable, Iterable

from banyan.filters.ast import And, Condition, Filter, Not, Or, Related


def evaluate(
    node: Filter,
    matches: Callable[[Condition], bool],
    related: Callable[[Related], Iterable[Callable[[Condition], bool]]] = lambda _node: (),
) -> bool:
    """Whether a record satisfies `node`.

    `matches` decides one condition on the record; `related` gives one such decider per record that points here.
    """
    match node:
        case Condition():
            return matches(node)
        case And(parts):
            return all(evaluate(part, matches, related) for part in parts)
        case Or(parts):
            return any(evaluate(part, matches, related) for part in parts)
        case Not(part):
            return not evaluate(part, matches, related)
        case Related(quantifier="some", where=where):
            return any(evaluate(where, child) for child in related(node))
        case Related(where=where):
            return not any(evaluate(where, child) for child in related(node))
