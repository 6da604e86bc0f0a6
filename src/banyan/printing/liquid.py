"""Texts of templates: Liquid without files, assignments or loops; names are known beforehand, values are plain text.

What records hold goes in as values and is written as it is: it is never parsed, so a `{{` in a customer's name is
two braces. The result is text, which both presses take as text.

Imported where a text is filled or read, not at the start: few processes ever need the library.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from liquid import BoundTemplate, Environment, Mode
from liquid.exceptions import LiquidError, OutputStreamLimitError

from banyan.kernel.errors import FieldProblem, InvalidInput
from banyan.printing.words import Amount, in_words

_TAGS = frozenset({"if", "unless", "case", "comment", "content", "output", "illegal", "#"})
_FILTERS = frozenset(
    [
        "append",
        "prepend",
        "capitalize",
        "default",
        "downcase",
        "upcase",
        "join",
        "replace",
        "strip",
        "strip_newlines",
        "truncate",
        "first",
        "last",
    ]
)


_LONGEST = 100_000


class _Environment(Environment):
    output_stream_limit = _LONGEST
    loop_iteration_limit = 1_000
    local_namespace_limit = 1_000
    context_depth_limit = 20
    block_nesting_limit = 10


def _replace(value: object, old: object = "", new: object = "") -> str:
    """As Liquid's own, but looked at before it is done: a chain of them would grow a letter to gigabytes."""
    text, seq, other = ("" if each is None else str(each) for each in (value, old, new))
    places = text.count(seq) if seq else len(text) + 1
    if len(text) + places * (len(other) - len(seq)) > _LONGEST:
        raise OutputStreamLimitError("a text grows too long", token=None)
    return text.replace(seq, other)


@lru_cache(maxsize=4)
def _environment(language: str) -> _Environment:
    # Names are held against the catalog when a template is saved; a field that has gone since prints nothing.
    made = _Environment(tolerance=Mode.STRICT, strict_filters=True)
    for name in made.tags.keys() - _TAGS:
        del made.tags[name]
    for name in made.filters.keys() - _FILTERS:
        del made.filters[name]
    made.filters["replace"] = _replace
    made.filters["in_words"] = lambda value: (
        in_words(value.amount, value.currency, language) if isinstance(value, Amount) else ""
    )
    return made


@lru_cache(maxsize=2_000)
def _parsed(text: str, language: str) -> BoundTemplate:
    return _environment(language).from_string(text)


def names_in(text: str, language: str, pointer: str) -> set[tuple[str, ...]]:
    """Paths that a text asks for. Raises InvalidInput for a text that is not Liquid as we allow it."""
    try:
        found = _parsed(text, language).analyze()
    except LiquidError as error:
        raise _not_liquid(error, pointer) from error
    # A filter is looked up when a text is rendered; an unknown one is refused before that.
    unknown = sorted(found.filters.keys() - _environment(language).filters.keys())
    if unknown:
        problem = {"problem": f"unknown filter '{unknown[0]}'"}
        raise InvalidInput(problems=[FieldProblem(pointer, "print_text", problem)])
    variables = (variable for each in found.globals.values() for variable in each)
    return {tuple(str(part) for part in variable.segments) for variable in variables}


def fill(text: str, values: Mapping[str, Any], language: str, pointer: str = "") -> str:
    """The text with its values. Raises InvalidInput where the text asks too much."""
    if "{" not in text:
        return text.strip()
    try:
        return _parsed(text, language).render(**values).strip()
    except LiquidError as error:
        raise _not_liquid(error, pointer) from error


def _not_liquid(error: LiquidError, pointer: str) -> InvalidInput:
    said = str(error).splitlines()[0][:200]
    return InvalidInput(problems=[FieldProblem(pointer, "print_text", {"problem": said})])
