"""Which settings an operation touches, so that two people's changes are compared setting by setting."""

from collections.abc import Iterable, Mapping
from typing import Any

Setting = tuple[str, str, str]  # object, field ("" for the object itself), name of the setting
WHOLE = "*"
_OF_FIELD = ("update_field", "retype_field", "remove_field")


def settings_of(operation: Mapping[str, Any]) -> set[Setting]:
    """The settings of one operation's document; `*` stands for all of an object or field."""
    kind, place = operation.get("kind"), str(operation.get("object") or "")
    if kind == "create_object":
        return {(str(operation.get("api_name")), "", WHOLE)}
    if kind in ("restore_object", "remove_object"):
        return {(place or str(operation.get("object_id")), "", WHOLE)}
    if kind == "add_field":
        return {(place, str((operation.get("field") or {}).get("api_name")), WHOLE)}
    if kind == "restore_field":
        return {(place, str(operation.get("field_id")), WHOLE)}
    field = str(operation.get("field", "")) if kind in _OF_FIELD else ""
    if kind in ("retype_field", "remove_field"):
        return {(place, field, WHOLE)}
    return {(place, field, name) for name in operation.get("set") or ()}


def clashes(ours: Iterable[Mapping[str, Any]], theirs: Iterable[Mapping[str, Any]]) -> list[Setting]:
    """Settings that both sides touch, in order. `theirs` in the order of publishing; all by their names after it."""
    mine = {setting for operation in ours for setting in settings_of(operation)}
    others: set[Setting] = set()
    for operation in theirs:
        others |= settings_of(operation)
        if (operation.get("set") or {}).get("api_name"):
            mine, others = _renamed(mine, operation), _renamed(others, operation)
    return sorted(setting for setting in others if any(_meet(setting, other) for other in mine))


def _renamed(settings: Iterable[Setting], operation: Mapping[str, Any]) -> set[Setting]:
    """The same settings after a renaming: a draft goes on speaking of the old name."""
    place, new = str(operation.get("object") or ""), str(operation["set"]["api_name"])
    old = str(operation["field"]) if operation.get("kind") == "update_field" else None
    return {
        (
            new if old is None and setting[0] == place else setting[0],
            new if old is not None and setting[:2] == (place, old) else setting[1],
            setting[2],
        )
        for setting in settings
    }


def _meet(one: Setting, other: Setting) -> bool:
    if one[0] != other[0]:
        return False
    if one[1] == other[1]:
        return one[2] == other[2] or WHOLE in (one[2], other[2])
    # All of an object is touched by whoever touches anything of it.
    return ("", WHOLE) in (one[1:], other[1:])
