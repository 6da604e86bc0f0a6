"""The explicit map of functions by name; a new one is an entry in the module of its category."""

from collections.abc import Mapping
from functools import lru_cache

from banyan.metadata.formulas.functions import aggregates, dates, lists, logic, maths, money, operators, texts
from banyan.metadata.formulas.functions.base import Entry

_MODULES = (operators, logic, aggregates, maths, texts, dates, money, lists)


def _register() -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for each in (entry for module in _MODULES for entry in module.ENTRIES):
        if each.key in found:
            raise RuntimeError(f"two functions with the key {each.key}")
        found[each.key] = each
    return found


ENTRIES: Mapping[str, Entry] = _register()


@lru_cache(maxsize=1)
def _by_name() -> Mapping[str, Entry]:
    names: dict[str, Entry] = {}
    for each in ENTRIES.values():
        for name in (each.key, *each.aliases):
            if name.upper() in names:
                raise RuntimeError(f"two functions called {name}")
            names[name.upper()] = each
    return names


def entry_named(name: str) -> Entry | None:
    """The function of this name in any language, case aside."""
    return _by_name().get(name.upper())


def names_of_functions() -> list[str]:
    """Every name an author may have meant."""
    return [name for name in _by_name() if name[:1].isalpha()]
