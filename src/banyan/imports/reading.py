"""Reading files as people have them: what kind, which encoding, delimiter and header row is found out from content.

CSV streams; a sheet of a workbook is held whole while it is read, so what a workbook may unpack to is limited. Faults
name their place.
"""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from banyan.kernel.errors import InvalidInput

MAX_COLUMNS, MAX_CELL = 1_000, 1_000_000
MAX_UNPACKED, MAX_RATIO = 300 * 1024**2, 200
SAMPLE_BYTES, SAMPLE_ROWS = 262_144, 30
_DELIMITERS = (",", "\t", ";", "|")
_ZIP = b"PK\x03\x04"
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))

Row = list[str]

# The limit belongs to the process, so it is set once: readers of several imports run at the same time.
csv.field_size_limit(MAX_CELL)


@dataclass(frozen=True)
class Format:
    """How a file is to be read. `header_row` counts from 1."""

    kind: Literal["csv", "xlsx"]
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int = 1
    sheet: str | None = None
    sheets: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "header_row": self.header_row,
            "sheet": self.sheet,
            "sheets": list(self.sheets),
        }


def find_format(path: Path) -> Format:
    """Look at the content, not the name. Raises InvalidInput for empty, damaged and foreign files."""
    with path.open("rb") as file:
        head = file.read(SAMPLE_BYTES)
    if not head.strip():
        raise InvalidInput("file_empty")
    if head.startswith(_ZIP):
        return _find_workbook(path)
    if _is_binary(head):
        raise InvalidInput("file_not_kind")
    encoding = _find_encoding(path, head)
    text = head.decode(encoding, errors="replace")
    delimiter = _find_delimiter(text)
    rows = list(islice(csv.reader(io.StringIO(text), delimiter=delimiter), SAMPLE_ROWS))
    return Format("csv", encoding, delimiter, _find_header(rows))


def _is_binary(head: bytes) -> bool:
    """Control bytes that no text has; UTF-16 shows by its mark."""
    if any(head.startswith(mark) for mark, _ in _BOMS):
        return False
    return b"\x00" in head or head.startswith(
        (b"%PDF", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\x1f\x8b", b"Rar!")
    )


def _find_encoding(path: Path, head: bytes) -> str:
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    if _decodes(path, "utf-8"):
        return "utf-8"
    if _decodes(path, "gb18030"):
        if head.isascii():  # The letters that could tell come later; there is nothing to guess from.
            return "gb18030"
        # Latin text with accents also decodes as GB18030; then the letters are few and far apart.
        from charset_normalizer import from_bytes

        best = from_bytes(head, cp_isolation=["gb18030", "big5", "cp1252", "shift_jis"]).best()
        if best is None or best.encoding in ("gb18030", "big5"):
            return "gb18030" if best is None else best.encoding
        return best.encoding
    return "cp1252"


def _decodes(path: Path, encoding: str) -> bool:
    """Whether the whole file is text in `encoding`; a sample may miss the one bad byte."""
    import codecs

    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _find_delimiter(text: str) -> str:
    """The one that cuts the first lines into the most columns most evenly."""

    def score(delimiter: str) -> tuple[float, int]:
        rows = [row for row in islice(csv.reader(io.StringIO(text), delimiter=delimiter), SAMPLE_ROWS) if row]
        widths = [len(row) for row in rows[:-1] or rows]
        usual = max(set(widths), key=widths.count) if widths else 1
        even = widths.count(usual) / len(widths) if widths else 0
        return (even if usual > 1 else 0, usual)

    return max(_DELIMITERS, key=score)


def _find_header(rows: list[Row]) -> int:
    """The first row as wide as the widest one whose cells are all words: titles above it are passed over."""
    filled = [sum(1 for cell in row if cell.strip()) for row in rows]
    widest = max(filled, default=0)
    for index, row in enumerate(rows):
        words = [cell.strip() for cell in row if cell.strip()]
        wide_enough = filled[index] >= max(1, widest * 0.6)
        if wide_enough and not any(_is_number(word) for word in words):
            return index + 1
    return 1


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).replace(",", "").replace("-", "").isdigit()


def _find_workbook(path: Path) -> Format:
    _check_archive(path)
    from python_calamine import CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            sheets = tuple(book.sheet_names)
            for sheet in sheets:
                rows = [_cells(row) for row in islice(book.get_sheet_by_name(sheet).iter_rows(), SAMPLE_ROWS)]
                if any(cell for row in rows for cell in row):
                    return Format("xlsx", header_row=_find_header(rows), sheet=sheet, sheets=sheets)
    except InvalidInput:
        raise
    except Exception as error:  # calamine raises a class per fault, some not exported
        raise InvalidInput("file_damaged", reason=str(error)[:200]) from error
    raise InvalidInput("file_empty")


def _check_archive(path: Path) -> None:
    """A zip that unpacks to far more than it weighs is refused before anything is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise InvalidInput("file_damaged", reason="zip") from error
    if not any(entry.filename == "xl/workbook.xml" for entry in entries):
        raise InvalidInput("file_not_kind")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(path.stat().st_size, 65_536):
        raise InvalidInput("file_unpacks_too_large")


def read_rows(path: Path, form: Format) -> Iterator[Row]:
    """All rows after the blank ones, the header first. Cells are text; dates of a workbook come as ISO."""
    rows = _csv_rows(path, form) if form.kind == "csv" else _workbook_rows(path, form)
    yield from islice(rows, form.header_row - 1, None)


def _csv_rows(path: Path, form: Format) -> Iterator[Row]:
    with path.open(encoding=form.encoding, errors="replace", newline="") as file:
        reader = csv.reader(_without_nulls(file), delimiter=form.delimiter or ",")
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if "field larger" in str(error):
                    raise InvalidInput("cell_too_large", row=reader.line_num, limit=MAX_CELL) from error
                raise InvalidInput("file_damaged", reason=f"{reader.line_num}: {error}") from error
            yield _checked(row)


def _without_nulls(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line.replace("\x00", "") if "\x00" in line else line


def _workbook_rows(path: Path, form: Format) -> Iterator[Row]:
    from python_calamine import CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            for row in book.get_sheet_by_name(str(form.sheet)).iter_rows():
                yield _checked(_cells(row))
    except InvalidInput:
        raise
    except Exception as error:  # calamine raises a class per fault, some not exported
        raise InvalidInput("file_damaged", reason=str(error)[:200]) from error


def _cells(row: list[Any]) -> Row:
    return [_cell(value) for value in row]


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _checked(row: Row) -> Row:
    if len(row) > MAX_COLUMNS:
        raise InvalidInput("file_too_many_columns", columns=len(row), limit=MAX_COLUMNS)
    return row
