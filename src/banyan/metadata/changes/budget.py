"""Whether a planned change stays within the limits of building. Only what it adds or rewrites is asked.

What stands already is left alone, so that an installation that lowers a limit can go on working and taking away.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from banyan.kernel.errors import InvalidInput
from banyan.kernel.limits import BuildLimits, setting
from banyan.metadata.changes.state import State
from banyan.metadata.definitions import StoredField, StoredObject
from banyan.metadata.formulas.facade import measure
from banyan.metadata.formulas.problems import fault

_FORMULAS = ("formula", "condition")  # in the configuration of a formula and of a rollup


def require_within(before: State, after: State) -> None:
    """Raises InvalidInput naming the limit that the change would pass, its number and its setting."""
    limits = after.limits
    _count("objects", limits, _live(before.objects.values()), _live(after.objects.values()))
    for stored in after.objects.values():
        now = after.fields_of(stored.id)
        was = before.fields_of(stored.id) if stored.id in before.objects else []
        if now != was:
            _of_object(limits, stored, was, now)
        _rules(limits, before.objects.get(stored.id), stored)


def _live(stored: Iterable[StoredObject]) -> int:
    return sum(not each.archived for each in stored)


def _count(name: str, limits: BuildLimits, was: int, now: int, place: str = "") -> None:
    most = getattr(limits, name)
    if now > most and now > was:
        raise InvalidInput(f"limit_{name}", limit=most, count=now, setting=setting(name), object=place)


def _of_object(
    limits: BuildLimits, stored: StoredObject, was: list[StoredField], now: list[StoredField]
) -> None:
    place = stored.definition.api_name
    _count("fields", limits, len(was), len(now), place)
    _count("rollups", limits, _rollups(was), _rollups(now), place)
    known = {each.id: each for each in was}
    for each in now:
        old = known.get(each.id)
        if old is not each:
            named = f"{place}.{each.definition.api_name}"
            _count("choices", limits, _choices(old), _choices(each), named)
            for text in set(_formulas(each)) - set(() if old is None else _formulas(old)):
                require_formula_within(text, limits)


def _rollups(fields: Iterable[StoredField]) -> int:
    return sum(each.definition.type == "rollup" for each in fields)


def _choices(field: StoredField | None) -> int:
    return 0 if field is None else len(field.definition.config.get("choices") or ())


def _formulas(field: StoredField) -> Iterator[str]:
    config: Any = field.definition.config
    texts = (field.definition.default_formula, *(config.get(name) for name in _FORMULAS))
    return (text for text in texts if isinstance(text, str) and text)


def _rules(limits: BuildLimits, was: StoredObject | None, now: StoredObject) -> None:
    old = () if was is None else was.definition.rules
    if old == now.definition.rules:
        return
    _count("rules", limits, len(old), len(now.definition.rules), now.definition.api_name)
    for text in {rule.error_when for rule in now.definition.rules} - {rule.error_when for rule in old}:
        require_formula_within(text, limits)


def require_formula_within(text: str, limits: BuildLimits) -> None:
    """Raises FormulaInvalid where the formula is longer, deeper or larger than the installation wants them."""
    size = measure(text)
    for name, code, found in (
        ("formula_length", "formula_too_long", size.length),
        ("formula_depth", "formula_too_deep", size.depth),
        ("formula_parts", "formula_too_large", size.parts),
    ):
        most = getattr(limits, name)
        if found > most:
            raise fault(code, 0, len(text), limit=most, setting=setting(name))
