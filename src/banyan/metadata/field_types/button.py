"""Button 按钮: something to do with the record by one click; it holds no value."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field as Bound
from pydantic import model_validator

from banyan.kernel.faults import Fault
from banyan.metadata.field_types.base import (
    ColumnSpec,
    FieldLike,
    FieldType,
    TypeConfig,
    ValueContext,
    ValueProblem,
    Values,
)

_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)")


class ButtonConfig(TypeConfig):
    """`set` writes `values` (by API name) to the record under the clicker's rights, after `confirm` if there is one.

    `open` opens `url`, an https address in which {field} stands for a value of the record, encoded.
    """

    action: Literal["set", "open"] = "set"
    values: Mapping[str, Any] = Bound(default_factory=dict)
    url: str | None = Bound(default=None, max_length=2_000)
    confirm: Mapping[str, str] | None = None
    color: str = "blue"

    @model_validator(mode="after")
    def _address(self) -> Self:
        if self.action == "open" and (self.url is None or urlsplit(self.url).scheme not in ("https", "http")):
            raise Fault("needs_address")
        return self


class Button(FieldType):
    key = "button"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "按钮", "en": "Button"}
    Config = ButtonConfig
    operators = ()
    aggregates = ()
    sortable = False
    virtual = True
    writable = False
    json_format: ClassVar[Mapping[str, Any]] = {"type": "null"}

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return ()

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        raise ValueProblem("given_by_system")

    def speaks_of(self, field: FieldLike) -> frozenset[str]:
        if field.config.action == "set":
            return frozenset(field.config.values)
        return frozenset(_PLACE.findall(field.config.url or ""))
