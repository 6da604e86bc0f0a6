"""The audit as a file: CSV, XLSX or PDF. Each says who took it and when: CSV in its name, the others on every page."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Format = Literal["csv", "xlsx", "pdf"]
MOST: dict[str, int] = {"csv": 200_000, "xlsx": 200_000, "pdf": 5_000}
TYPES: dict[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_PDF_CELL = 400
# Known to every reader of PDF by name (Adobe's Asian fonts), so no font file travels with us or with the document.
_FONT = "STSong-Light"
_SIZE, _LEADING, _MARGIN = 7, 9, 28
_WIDTHS = (0.13, 0.09, 0.1, 0.07, 0.1, 0.17, 0.1, 0.24)


@dataclass(frozen=True)
class Sheet:
    """What is written: a title, a mark (who and when), the header and rows of text."""

    title: str
    mark: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


def write(sheet: Sheet, form: Format) -> bytes:
    return {"csv": _csv, "xlsx": _xlsx, "pdf": _pdf}[form](sheet)


def _csv(sheet: Sheet) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(_safe([sheet.header, *sheet.rows]))
    return ("\ufeff" + buffer.getvalue()).encode()


def _safe(rows: Iterable[Sequence[str]]) -> Iterable[list[str]]:
    """Cells no spreadsheet takes for formulas."""
    return ([f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell for cell in row] for row in rows)


def _xlsx(sheet: Sheet) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": sheet.title, "comments": sheet.mark})
    page = book.add_worksheet()
    page.set_header(f"&L{_plain(sheet.title)}&R{_plain(sheet.mark)}")
    page.set_landscape()
    page.repeat_rows(0)
    for number, row in enumerate([sheet.header, *sheet.rows]):
        for column, cell in enumerate(row):
            page.write_string(number, column, cell[:32_767])
    book.close()
    return buffer.getvalue()


def _plain(text: str) -> str:
    """Header text without the codes a spreadsheet reads in it; at most what it takes."""
    return text.replace("&", "&&")[:120]


def _pdf(sheet: Sheet) -> bytes:
    from xml.sax.saxutils import escape

    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, TableStyle

    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    style = ParagraphStyle("cell", fontName=_FONT, fontSize=_SIZE, leading=_LEADING, wordWrap="CJK")
    buffer = io.BytesIO()
    size = landscape(A4)
    document = SimpleDocTemplate(
        buffer,
        pagesize=size,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN + 14,
        bottomMargin=_MARGIN,
        title=sheet.title,
        author=sheet.mark,
    )
    cells = [
        [Paragraph(escape(cell[:_LONGEST_PDF_CELL]), style) for cell in row]
        for row in [sheet.header, *sheet.rows]
    ]
    width = size[0] - 2 * _MARGIN
    table = LongTable(cells, colWidths=[width * part for part in _WIDTHS], repeatRows=1)
    table.setStyle(
        TableStyle(
            [("LINEBELOW", (0, 0), (-1, -1), 0.25, (0.7, 0.7, 0.7)), ("VALIGN", (0, 0), (-1, -1), "TOP")]
        )
    )

    def marked(canvas: Any, page: Any) -> None:
        canvas.setFont(_FONT, _SIZE + 1)
        canvas.drawString(_MARGIN, size[1] - _MARGIN, sheet.title)
        canvas.drawRightString(size[0] - _MARGIN, size[1] - _MARGIN, sheet.mark)
        canvas.drawRightString(size[0] - _MARGIN, _MARGIN / 2, str(page.page))

    document.build([table], onFirstPage=marked, onLaterPages=marked)
    return buffer.getvalue()
