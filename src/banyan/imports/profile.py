"""What a file holds: per column its fill rate, distinct values, samples and likely type; and its first rows."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from banyan.imports.reading import Row
from banyan.kernel.collation import fold
from banyan.kernel.errors import InvalidInput
from banyan.metadata.field_types.dates import find_form

PREVIEW_ROWS, SAMPLES, KEPT_VALUES, SHOWN_VALUES, INSPECTED = 20, 5, 2_000, 200, 400
_LONGEST_SAMPLE, _LONGEST_PREVIEW = 120, 300
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}")
_PHONE = re.compile(r"\+?[\d\s()-]{7,20}")
_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}")
_NUMBER = re.compile(r"[¥￥$€£(-]?\d[\d,]*(\.\d+)?[%万亿元)]*")
_MOST = 0.7
_SHORTEST_MOBILE = 11


@dataclass
class Column:
    index: int
    name: str
    filled: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    inspected: list[str] = field(default_factory=list)
    overflow: bool = False

    def see(self, cell: str) -> None:
        text = cell.strip()
        if not text:
            return
        self.filled += 1
        if len(self.inspected) < INSPECTED:
            self.inspected.append(text[:_LONGEST_PREVIEW])
        if len(self.counts) < KEPT_VALUES or text in self.counts:
            self.counts[text[:_LONGEST_SAMPLE]] += 1
        else:
            self.overflow = True

    @property
    def type(self) -> str:
        """The likely type of the content: credit_code, email, phone, date, number or text."""
        return _type_of(self.inspected)

    def document(self, rows: int) -> dict[str, Any]:
        few = not self.overflow and len(self.counts) <= SHOWN_VALUES
        return {
            "index": self.index,
            "name": self.name,
            "type": self.type,
            "fill_rate": f"{self.filled / rows:.4f}" if rows else "0",
            "distinct": len(self.counts),
            "samples": [text[:_LONGEST_SAMPLE] for text in list(dict.fromkeys(self.inspected))[:SAMPLES]],
            "values": [{"value": v, "count": n} for v, n in self.counts.most_common()] if few else [],
        }


def _type_of(cells: list[str]) -> str:
    if not cells:
        return "text"
    folded = [fold(cell) for cell in cells]
    tests = (
        ("credit_code", lambda text: _CODE.fullmatch(text.upper()) is not None),
        ("email", lambda text: _EMAIL.fullmatch(text) is not None),
        ("number", lambda text: _NUMBER.fullmatch(text) is not None and len(text) < _SHORTEST_MOBILE),
        ("phone", lambda text: _PHONE.fullmatch(text) is not None),
        ("number", lambda text: _NUMBER.fullmatch(text) is not None),
    )
    if (
        find_form(cells) is not None
        and sum(find_form([cell]) is not None for cell in cells) >= _MOST * len(cells) / 2
    ):
        return "date"
    for name, test in tests:
        if sum(map(test, folded)) >= _MOST * len(folded):
            return name
    return "text"


@dataclass
class Profile:
    columns: list[Column]
    preview: list[Row]
    rows: int

    def date_forms(self) -> dict[int, str | None]:
        return {column.index: find_form(column.inspected) for column in self.columns}


def profile(rows: Iterator[Row]) -> Profile:
    """Read everything once. Raises InvalidInput when there is no header or no row."""
    header = next(rows, None)
    if header is None or not any(name.strip() for name in header):
        raise InvalidInput("file_empty")
    columns = [Column(index, name) for index, name in enumerate(distinct_names(header))]
    result = Profile(columns, [], 0)
    for row in rows:
        if not any(map(str.strip, row)):
            continue
        result.rows += 1
        if len(result.preview) < PREVIEW_ROWS:
            result.preview.append([cell[:_LONGEST_PREVIEW] for cell in row])
        for column, cell in zip(columns, islice(row, len(columns)), strict=False):
            column.see(cell)
    return result


def distinct_names(header: Row) -> list[str]:
    """Header names with duplicates numbered and blanks named by their place."""
    seen: Counter[str] = Counter()
    names = []
    for index, raw in enumerate(header):
        name = " ".join(raw.split()) or f"({index + 1})"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names
