"""Faults of a formula: each with its place in the text, a code and, where there is one, what may have been meant."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from banyan.kernel.errors import FieldProblem, InvalidInput

MOST_FAULTS = 20


class FormulaInvalid(InvalidInput):
    """The formula has faults; every one is among `problems`, its place in its `start` and `end`."""

    code = "formula_invalid"


@dataclass
class Faults:
    """Collects what is wrong, so that an author sees all of it at once."""

    pointer: str = "/formula"
    found: list[FieldProblem] = field(default_factory=list)

    def add(self, code: str, start: int, end: int, **params: Any) -> None:
        if len(self.found) < MOST_FAULTS:
            self.found.append(FieldProblem(self.pointer, code, {"start": start, "end": end, **params}))

    def error(self) -> FormulaInvalid:
        return FormulaInvalid(problems=self.found)


def fault(code: str, start: int, end: int, **params: Any) -> FormulaInvalid:
    """A fault after which nothing more can be said."""
    faults = Faults()
    faults.add(code, start, end, **params)
    return faults.error()


def nearest(written: str, known: Iterable[str]) -> dict[str, str]:
    """`{"suggestion": …}` when something known looks like what was written."""
    options = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(written.casefold(), options, n=1, cutoff=0.5)
    return {"suggestion": options[close[0]]} if close else {}
