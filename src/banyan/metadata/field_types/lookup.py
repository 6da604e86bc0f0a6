"""Lookup 引用值: a value of a related record, kept here so that lists filter and sort by it."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field as Bound

from banyan.metadata.field_types.computed import Computed, ComputedConfig


class LookupConfig(ComputedConfig):
    """`path` like `account.industry`; `choices_of` names the field whose choices label a looked-up key."""

    path: str = Bound(default="", max_length=200)
    choices_of: str | None = None


class Lookup(Computed):
    key = "lookup"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "引用值", "en": "Lookup"}
    Config = LookupConfig
