"""A condition on a record's own fields, as definitions hold them: judged before it is kept."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from banyan.filters.ast import conditions
from banyan.filters.document import parse_filter
from banyan.kernel.errors import FieldProblem, InvalidInput
from banyan.metadata.catalog import Object
from banyan.metadata.field_types.base import ValueContext, ValueProblem
from banyan.metadata.field_types.operators import OPERATORS

_SOMEBODY = ValueContext(
    variables={
        name: (str(UUID(int=1)),)
        for name in ("me", "my_subordinates", "my_department", "my_departments", "my_departments_and_below")
    }
)


def check_condition(obj: Object, document: Mapping[str, Any], pointer: str) -> None:
    """A condition on a record's own fields, which the client judges too. Raises InvalidInput naming the place."""
    for node in conditions(parse_filter(document, pointer)):
        field = obj.field(node.path)
        if field is None:
            raise unknown(f"{node.pointer}/field", node.path, obj)
        operator = OPERATORS.get(node.op)
        if operator is None or node.op not in field.kind.operators:
            allowed = ", ".join(field.kind.operators)
            params = {"op": node.op, "field": node.path, "allowed": allowed}
            raise InvalidInput(problems=[FieldProblem(f"{node.pointer}/op", "unknown_operator", params)])
        try:
            operator.operands(field.kind, field, node.value, _SOMEBODY)
        except ValueProblem as problem:
            fault = FieldProblem(f"{node.pointer}/value", problem.code, problem.params)
            raise InvalidInput(problems=[fault]) from problem


def unknown(pointer: str, name: str, obj: Object) -> InvalidInput:
    return InvalidInput(
        problems=[FieldProblem(pointer, "unknown_field", {"field": name, "object": obj.api_name})]
    )
