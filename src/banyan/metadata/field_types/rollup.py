"""Rollup 汇总: one figure over all records that point here."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field as Bound

from banyan.metadata.definitions import MAX_FORMULA
from banyan.metadata.field_types.computed import Computed, ComputedConfig

Gathered = Literal["count", "sum", "avg", "min", "max", "count_distinct"]


class RollupConfig(ComputedConfig):
    """`relation` is `child.field`; `condition` a formula from the child's side that says which rows are counted."""

    relation: str = Bound(default="", max_length=100)
    function: Gathered = "count"
    field: str | None = Bound(default=None, max_length=200)
    condition: str | None = Bound(default=None, max_length=MAX_FORMULA)
    blank_as_zero: bool = True


class Rollup(Computed):
    key = "rollup"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "汇总", "en": "Rollup"}
    Config = RollupConfig

    def derived_settings(self, config: Any) -> frozenset[str]:
        """A count has no digits after the point."""
        found = super().derived_settings(config)
        return found | {"scale"} if config.function in ("count", "count_distinct") else found
