"""Texts of refusals by code, in Chinese and English. A test holds that every code raised has its text here."""

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml


@lru_cache(maxsize=1)
def texts() -> Mapping[str, Mapping[str, str]]:
    """`{code: {"zh-CN": …, "en": …}}`."""
    found: Mapping[str, Mapping[str, str]] = yaml.safe_load(
        (resources.files("banyan.kernel") / "messages.yaml").read_text("utf-8")
    )
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
    return languages.get(language, languages["en"]).format_map(_Lenient(params))
