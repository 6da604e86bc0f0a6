"""Formula 公式: a value computed from fields of the record and of records related to it."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field as Bound

from banyan.metadata.definitions import MAX_FORMULA
from banyan.metadata.field_types.computed import Computed, ComputedConfig


class FormulaConfig(ComputedConfig):
    """`format` is how a number is shown; `blank_as_zero` reads empty numbers as 0."""

    formula: str = Bound(default="0", min_length=1, max_length=MAX_FORMULA)
    blank_as_zero: bool = False
    format: Literal["plain", "percent"] = "plain"


class Formula(Computed):
    key = "formula"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "公式", "en": "Formula"}
    Config = FormulaConfig
