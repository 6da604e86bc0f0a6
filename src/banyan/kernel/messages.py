"""Texts of refusals by code, in Chinese and English. A test holds that every code raised has its text here."""

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

LANGUAGES = ("zh-CN", "en")


@lru_cache(maxsize=1)
def texts() -> Mapping[str, Mapping[str, str]]:
    """`{code: {"zh-CN": …, "en": …}}` of every file in `texts/`. Raises ValueError for a code written twice."""
    found: dict[str, Mapping[str, str]] = {}
    for file in sorted((resources.files("banyan.kernel") / "texts").iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".yaml"):
            continue
        more = yaml.safe_load(file.read_text("utf-8")) or {}
        if twice := found.keys() & more.keys():
            raise ValueError(f"texts written twice: {sorted(twice)}")
        found |= more
    return found


class _Lenient(dict[str, Any]):
    """A text never fails for a parameter that is missing."""

    def __missing__(self, key: str) -> str:
        return "…"


def message(code: str, language: str, params: Mapping[str, Any]) -> str:
    """The sentence for `code`; the code itself when nobody wrote one."""
    languages = texts().get(code)
    if languages is None:
        return code
    shown = {name: _word(name, value, language) for name, value in params.items()}
    return languages.get(language, languages["en"]).format_map(_Lenient(shown))


def _word(name: str, value: Any, language: str) -> Any:
    """A parameter that is a word of ours (`power.audit`) in the reader's language; anything else as it is."""
    if isinstance(value, Mapping):  # somebody's own words, in the languages they gave
        return value.get(language) or next(iter(value.values()), "…")
    words = texts().get(f"{name}.{value}")
    return value if words is None else words.get(language, words["en"])
