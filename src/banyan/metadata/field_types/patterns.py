"""Patterns that a text must satisfy: matched in linear time, so that no pattern can hold up the house."""

from functools import lru_cache
from typing import Any

from banyan.kernel.faults import Fault

LONGEST_PATTERN = 500
_MEMORY = 1 << 20  # bytes a compiled pattern may take


@lru_cache(maxsize=1_024)
def compiled(pattern: str) -> Any:
    """The pattern, ready to match. Raises Fault saying what is wrong with it."""
    import re2  # type: ignore[import-untyped]

    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        told = error.args[0] if error.args else b""
        reason = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
        raise Fault("not_a_pattern", said=reason) from error


def satisfies(pattern: str, text: str) -> bool:
    """Whether the whole of `text` has the form `pattern` describes."""
    return compiled(pattern).fullmatch(text) is not None
