"""From cells to typed values: each mapped column read by its field's type, each fault kept with its place."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from banyan.imports.mapping import ColumnMapping, ImportMapping
from banyan.imports.reading import Row
from banyan.kernel.collation import search_key
from banyan.metadata.catalog import Catalog, Field, Object
from banyan.metadata.field_types.base import ValueContext, ValueProblem
from banyan.records.bulk import Lookup, Problem

_SLUG = re.compile(r"[^a-z0-9]+")
_MOST_CHOICES = 200
_KNOWN_CELLS, _KNOWN_OF_COLUMN, _KNOWN_LENGTH = 100_000, 2_000, 200  # of a file, of a column; characters
# What people and programs write where there is nothing; in a text it may be meant.
_BLANK = frozenset({"n/a", "#n/a", "na", "null", "none", "nan", "-", "--", "—", "/", "无", "暂无", "未知"})


@dataclass
class ColumnReader:
    """Reads one column. `width` is how many physical columns its values fill."""

    source: ColumnMapping
    target: Field
    context: ValueContext
    lookup: Lookup | None = None
    new_choices: dict[str, str] = field(default_factory=dict)  # label as in the file -> key it will have
    most_known: int = _KNOWN_OF_COLUMN
    _known: dict[str, tuple[list[Any], str | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.is_text = self.target.kind.titleable or not self.target.kind.sortable
        if (
            self.target.kind.sealed
        ):  # Sealed twice, one text gives two: nobody shall see which rows are alike.
            self.most_known = 0

    @property
    def physical(self) -> list[str]:
        return [self.target.physical(spec.suffix) for spec in self.target.specs]

    def read(self, cell: str) -> tuple[list[Any], str | None]:
        """Values in the order of `physical`, not to be changed, and the lookup text. Raises ValueProblem.

        Files repeat choices, cities, dates and round amounts; each is read once.
        """
        found = self._known.get(cell)
        if found is None:
            found = self._read(cell)
            if len(self._known) < self.most_known and len(cell) <= _KNOWN_LENGTH:
                self._known[cell] = found
        return found

    def _read(self, cell: str) -> tuple[list[Any], str | None]:
        text = self.source.values.get(cell, cell).strip() if self.source.values else cell.strip()
        specs = self.target.specs
        if not text or (not self.is_text and text.lower() in _BLANK):
            if self.target.required:
                raise ValueProblem("required", field=self.target.api_name)
            return [None] * len(specs), None
        if self.lookup is not None:
            return [None] * len(specs), text
        try:
            values = self.target.kind.parse_cell(self.target, text, self.context, self.source.format)
        except ValueProblem as problem:
            if problem.code == "unknown_choice" and self.source.create_choices:
                return [self._new_choice(text)], None
            raise
        return [spec.written(values[spec.suffix]) for spec in specs], None

    def _new_choice(self, label: str) -> str:
        if label not in self.new_choices:
            if len(self.new_choices) >= _MOST_CHOICES:
                raise ValueProblem("unknown_choice", value=label)
            config: Any = self.target.config
            taken = {choice.key for choice in config.choices} | set(self.new_choices.values())
            spoken = (search_key(label) or label).split(" ")[0] if search_key(label) else label
            base = _SLUG.sub("_", spoken.lower()).strip("_")[:32] or "choice"
            self.new_choices[label] = next(
                key for key in (base, *(f"{base}_{n}" for n in range(2, 10_000))) if key not in taken
            )
        return self.new_choices[label]


class RowsReader:
    """All mapped columns of a file, in the order of the staging table."""

    def __init__(self, catalog: Catalog, obj: Object, mapping: ImportMapping, context: ValueContext) -> None:
        bulk = replace(context, bulk=True, currency=mapping.currency or context.currency)
        known = min(_KNOWN_OF_COLUMN, _KNOWN_CELLS // max(len(mapping.columns), 1))
        self.columns = [
            ColumnReader(
                item,
                obj.by_name[item.field],
                bulk,
                _lookup(catalog, obj.by_name[item.field], item),
                most_known=known,
            )
            for item in mapping.columns
        ]
        self.width = max((item.column for item in mapping.columns), default=-1) + 1

    @property
    def physical(self) -> tuple[str, ...]:
        return tuple(name for column in self.columns for name in column.physical)

    @property
    def lookups(self) -> tuple[Lookup, ...]:
        return tuple(column.lookup for column in self.columns if column.lookup is not None)

    def read(self, number: int, row: Row, expected: int) -> tuple[list[Any], list[Problem]]:
        """Staging values (row number first) and problems of one row."""
        values: list[Any] = [number]
        texts: list[str | None] = []
        problems: list[Problem] = []
        if len(row) > expected and any(cell.strip() for cell in row[expected:]):
            params = {"columns": len(row), "expected": expected}
            problems.append(Problem(number, None, "row_ragged", params))
        if len(row) < self.width:
            row = [*row, *([""] * (self.width - len(row)))]
        for column in self.columns:
            cell = row[column.source.column]
            try:
                found, text = column.read(cell)
            except ValueProblem as problem:
                found, text = [None] * len(column.target.specs), None
                problems.append(
                    Problem(
                        number,
                        column.source.column,
                        problem.code,
                        problem.params,
                        cell[:500].replace("\x00", ""),
                    )
                )
            values.extend(found)
            if column.lookup is not None:
                texts.append(text)
        return [*values, *texts], problems


def _lookup(catalog: Catalog, target_field: Field, item: ColumnMapping) -> Lookup | None:
    if not target_field.kind.matchable:
        return None
    target = catalog.object(target_field.reaches[0])
    match = target.by_name[item.match_by] if item.match_by else target.title
    return Lookup(target_field, target, match, f"x_{target_field.slug}")


def in_chunks(
    rows: Iterator[Row], first: int, size: int, read: Callable[[int, Row], tuple[list[Any], list[Problem]]]
) -> Iterator[tuple[Sequence[list[Any]], list[Problem]]]:
    """Read rows in chunks; blank rows are passed over but keep their number."""
    values: list[list[Any]] = []
    problems: list[Problem] = []
    for number, row in enumerate(rows, start=first):
        if not any(map(str.strip, row)):
            continue
        found, wrong = read(number, row)
        values.append(found)
        problems.extend(wrong)
        if len(values) == size:
            yield values, problems
            values, problems = [], []
    if values:
        yield values, problems
