"""Reading days as people write them in spreadsheets."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta

from banyan.kernel.collation import fold
from banyan.metadata.field_types.base import ValueProblem

_THREE = re.compile(r"^(\d{1,4})[-/.年 ](\d{1,2})[-/.月 ](\d{1,4})日?(?:[ t].*)?$")
_EIGHT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_SERIAL = re.compile(r"^\d{5}(\.\d+)?$")
_EXCEL_EPOCH = date(1899, 12, 30)
_CENTURY, _PIVOT = 100, 70

Parts = tuple[int, int, int]
FORMS: Mapping[str, Callable[[Parts], Parts]] = {
    "Y-M-D": lambda p: (p[0], p[1], p[2]),
    "M/D/YYYY": lambda p: (p[2], p[0], p[1]),
    "D/M/YYYY": lambda p: (p[2], p[1], p[0]),
}


def read_day(cell: str, form: str | None = None) -> date:
    """The day in `cell`. Year-first, eight digits and spreadsheet serials are plain; others need `form`."""
    text = fold(cell).strip()
    if _SERIAL.match(text):
        return _EXCEL_EPOCH + timedelta(days=int(float(text)))
    found = _EIGHT.match(text) or _THREE.match(text)
    if not found:
        raise ValueProblem("not_date")
    parts = (int(found[1]), int(found[2]), int(found[3]))
    year_first = len(found[1]) == 4  # noqa: PLR2004 - four digits are a year
    if form not in (None, *FORMS):
        raise ValueProblem("unknown_date_form", form=form)
    chosen = "Y-M-D" if year_first else form
    if chosen in (None, "Y-M-D") and not year_first:
        raise ValueProblem("ambiguous_date")
    year, month, day = FORMS[str(chosen)](parts)
    if year < _CENTURY:
        year += 2000 if year < _PIVOT else 1900
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ValueProblem("impossible_date") from error


def find_form(cells: Iterable[str]) -> str | None:
    """The one form in which most cells are real days; None when nothing tells day from month."""
    counts: dict[str, int] = dict.fromkeys(FORMS, 0)
    total = 0
    for cell in cells:
        found = _THREE.match(fold(cell).strip())
        if not found:
            continue
        total += 1
        first, second = int(found[1]), int(found[2])
        if len(found[1]) == 4:  # noqa: PLR2004 - four digits are a year
            counts["Y-M-D"] += 1
        elif first > 12 >= second:  # noqa: PLR2004 - months end at 12
            counts["D/M/YYYY"] += 1
        elif second > 12 >= first:  # noqa: PLR2004
            counts["M/D/YYYY"] += 1
    best = max(counts, key=lambda form: counts[form])
    return best if total and counts[best] else None
