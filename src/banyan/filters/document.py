"""Filters as JSON: parse with the place of every fault, print so that parse(print(f)) == f."""

from collections.abc import Mapping
from typing import Any

from banyan.filters.ast import ALWAYS, And, Condition, Filter, Not, Or, Related
from banyan.kernel.errors import FieldProblem, InvalidInput

MAX_DEPTH = 12
MAX_TERMS = 200
_CONDITION_KEYS = {"field", "op", "value"}


def parse_filter(document: Any, pointer: str = "/where") -> Filter:
    """Read a filter document; `None` and `{}` are no restriction. Raises InvalidInput naming the place."""
    if document is None or document == {}:
        return ALWAYS
    return _Parser().parse(document, pointer, 0)


class _Parser:
    def __init__(self) -> None:
        self.terms = 0

    def parse(self, document: Any, pointer: str, depth: int) -> Filter:
        if depth > MAX_DEPTH:
            raise _fault(pointer, "filter_too_deep", limit=MAX_DEPTH)
        self.terms += 1
        if self.terms > MAX_TERMS:
            raise _fault(pointer, "filter_too_large", limit=MAX_TERMS)
        if not isinstance(document, Mapping):
            raise _fault(pointer, "filter_not_object")
        if "field" in document or "op" in document:
            return self._condition(document, pointer)
        if len(document) != 1:
            raise _fault(pointer, "filter_one_key")
        ((key, value),) = document.items()
        return self._branch(str(key), value, f"{pointer}/{key}", depth)

    def _branch(self, key: str, value: Any, pointer: str, depth: int) -> Filter:
        if key in ("and", "or"):
            if not isinstance(value, list):
                raise _fault(pointer, "filter_not_list")
            parts = tuple(self.parse(part, f"{pointer}/{i}", depth + 1) for i, part in enumerate(value))
            return And(parts) if key == "and" else Or(parts)
        if key == "not":
            return Not(self.parse(value, pointer, depth + 1))
        if key in ("some", "none"):
            return self._related(key, value, pointer, depth)
        raise _fault(pointer, "filter_unknown_key", key=key)

    def _related(self, key: str, value: Any, pointer: str, depth: int) -> Related:
        if not isinstance(value, Mapping) or not isinstance(value.get("relation"), str):
            raise _fault(pointer, "filter_relation_missing")
        for name in value.keys() - {"relation", "where"}:
            raise _fault(f"{pointer}/{name}", "filter_unknown_key", key=name)
        where = value.get("where")
        inner = ALWAYS if where in (None, {}) else self.parse(where, f"{pointer}/where", depth + 1)
        return Related("some" if key == "some" else "none", value["relation"], inner, pointer)

    def _condition(self, document: Mapping[str, Any], pointer: str) -> Condition:
        for name in document.keys() - _CONDITION_KEYS:
            raise _fault(f"{pointer}/{name}", "filter_unknown_key", key=name)
        path, op = document.get("field"), document.get("op")
        if not isinstance(path, str) or not path:
            raise _fault(f"{pointer}/field", "filter_field_missing")
        if not isinstance(op, str) or not op:
            raise _fault(f"{pointer}/op", "filter_operator_missing")
        return Condition(path, op, document.get("value"), pointer)


def print_filter(node: Filter) -> dict[str, Any]:
    """The JSON document of a filter."""
    match node:
        case Condition(path, op, value):
            document = {"field": path, "op": op}
            return document if value is None else document | {"value": value}
        case And(parts):
            return {"and": [print_filter(part) for part in parts]}
        case Or(parts):
            return {"or": [print_filter(part) for part in parts]}
        case Not(part):
            return {"not": print_filter(part)}
        case Related(quantifier, relation, where):
            return {quantifier: {"relation": relation, "where": print_filter(where)}}


def _fault(pointer: str, code: str, **params: Any) -> InvalidInput:
    return InvalidInput("invalid_filter", problems=(FieldProblem(pointer, code, params),))
