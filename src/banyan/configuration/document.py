"""What a configuration file holds, and reading one: unknown keys, wrong values and newer formats name their place."""

from collections.abc import Mapping
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic import Field as Bound

from banyan.access.roles import RoleBody
from banyan.kernel.errors import InvalidInput
from banyan.kernel.faults import problems_of
from banyan.kernel.limits import DEFAULT_LIMITS, BuildLimits, setting
from banyan.metadata.definitions import FieldDefinition, ObjectDefinition
from banyan.metadata.views import NewView

FORMAT = 1
MB = 1024 * 1024


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WrittenObject(ObjectDefinition):
    """An object with its fields in order."""

    fields: tuple[FieldDefinition, ...] = ()


class WrittenRole(RoleBody):
    key: str


class WrittenRows(_Part):
    """Rows of one object, found again by the unique field `key`."""

    object: str
    key: str
    records: tuple[Mapping[str, Any], ...] = ()


class Document(_Part):
    format: int
    objects: tuple[WrittenObject, ...] = ()
    views: tuple[NewView, ...] = ()
    roles: tuple[WrittenRole, ...] = ()
    rows: tuple[WrittenRows, ...] = Bound(default=(), max_length=100)


_Safe: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


class _Loader(_Safe):  # type: ignore[misc]
    """Refuses a key written twice in one mapping: the first would be lost in silence."""


def _mapping(loader: Any, node: yaml.MappingNode, deep: Any = None) -> dict[Any, Any]:  # noqa: ARG001 - how yaml calls it
    seen: set[str] = set()
    for key, _ in node.value:
        if key.value in seen and key.value != "<<":
            raise yaml.constructor.ConstructorError(None, None, f"“{key.value}”", key.start_mark)
        seen.add(key.value)
    loader.flatten_mapping(node)
    found: dict[Any, Any] = yaml.constructor.SafeConstructor.construct_mapping(loader, node, deep=True)
    return found


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_document(text: str, limits: BuildLimits = DEFAULT_LIMITS) -> Document:
    """Raises InvalidInput naming the line or the path of each fault."""
    most = limits.configuration_mb
    if len(text.encode()) > most * MB:
        raise InvalidInput("configuration_too_large", limit=most, setting=setting("configuration_mb"))
    if "&" in text and "*" in text and _aliases(text):
        raise InvalidInput("configuration_aliases")
    try:
        found = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 0
        reason = str(getattr(error, "problem", "") or "YAML")
        raise InvalidInput("configuration_not_yaml", line=line, reason=reason) from error
    if not isinstance(found, dict) or not isinstance(found.get("format"), int):
        raise InvalidInput("configuration_no_format", format=FORMAT)
    if found["format"] > FORMAT:
        raise InvalidInput("configuration_newer", format=found["format"], known=FORMAT)
    try:
        return Document.model_validate(found)
    except ValidationError as error:
        raise InvalidInput("configuration_invalid", problems=problems_of(error.errors())) from error


def _aliases(text: str) -> bool:
    """Whether anchors are used: a small file could unfold to a huge one."""
    return any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader))
