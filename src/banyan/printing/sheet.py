"""A document filled in: plain texts in their places. What both presses set; it goes to them as JSON."""

from dataclasses import dataclass

Pair = tuple[str, str]


@dataclass(frozen=True)
class FilledBlock:
    heading: str
    lines: tuple[Pair, ...]


@dataclass(frozen=True)
class FilledColumn:
    label: str
    width: int
    align: str


@dataclass(frozen=True)
class FilledTable:
    """A cell is one text or several lines of it, the first of which leads."""

    heading: str
    columns: tuple[FilledColumn, ...]
    rows: tuple[tuple[tuple[str, ...], ...], ...]


@dataclass(frozen=True)
class FilledTotal:
    label: str
    value: str
    strong: bool


@dataclass(frozen=True)
class FilledSignature:
    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """`page` is how the place in the document is told, with {page} and {pages}. `mark` stands behind the text."""

    language: str
    paper: str
    title: str
    running: str  # at the head of every further page
    letterhead: FilledBlock
    facts: tuple[Pair, ...]
    parties: tuple[FilledBlock, ...]
    intro: str
    tables: tuple[FilledTable, ...]
    totals: tuple[FilledTotal, ...]
    words: Pair
    clauses: tuple[Pair, ...]
    bank: FilledBlock
    signatures: tuple[FilledSignature, ...]
    footer: str
    page: str
    mark: str
    author: str
