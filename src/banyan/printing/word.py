"""The same sheet as a Word document, for people who go on writing in it: paragraphs, tables, page numbers."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

_SOFT, _HEAD = RGBColor(0x5F, 0x6B, 0x7A), "EEF1F5"
_FONTS = {"zh-CN": "Microsoft YaHei", "en": "Arial"}
_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
}
_PAPERS = {"a4": (210, 297), "us-letter": (216, 279)}
_EDGE = 18
_LOGO = 15


def write_word(sheet: Mapping[str, Any], logo: bytes | None) -> bytes:
    made = _Writer(sheet)
    made.head(logo)
    made.body()
    made.foot()
    buffer = io.BytesIO()
    made.document.save(buffer)
    return buffer.getvalue()


class _Writer:
    def __init__(self, sheet: Mapping[str, Any]) -> None:
        self._sheet = sheet
        self.document = Document()
        self.document.core_properties.title = sheet["title"]
        self.document.core_properties.author = sheet["author"]
        width, height = _PAPERS[sheet["paper"]]
        self._width = width - 2 * _EDGE
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(width), Mm(height)
        section.left_margin = section.right_margin = Mm(_EDGE)
        section.top_margin, section.bottom_margin = Mm(17), Mm(19)
        style = self.document.styles["Normal"]
        style.font.name, style.font.size = _FONTS[sheet["language"]], Pt(9.5)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), _FONTS["zh-CN"])
        style.paragraph_format.space_after = Pt(2)

    def head(self, logo: bytes | None) -> None:
        sheet = self._sheet
        if sheet["mark"]:
            self._line([(sheet["mark"], {"bold": True, "soft": True})], align="right")
        if logo is not None:
            self.document.add_paragraph().add_run().add_picture(io.BytesIO(logo), height=Mm(_LOGO))
        if sheet["letterhead"]["heading"]:
            self._line([(sheet["letterhead"]["heading"], {"bold": True, "size": 13})])
            about = "    ".join(" ".join(each).strip() for each in sheet["letterhead"]["lines"])
            self._line([(about, {"soft": True, "size": 8.5})])
        self._line([(sheet["title"], {"bold": True, "size": 19})], align="center")

    def body(self) -> None:
        sheet = self._sheet
        self._facts(sheet["facts"])
        if sheet["parties"]:
            self._parties(sheet["parties"])
        self._text(sheet["intro"])
        for table in sheet["tables"][:1]:
            self._table(table)
        self._totals()
        for table in sheet["tables"][1:]:
            self._table(table)
        for heading, text in sheet["clauses"]:
            self._heading(heading)
            self._text(text)
        if sheet["bank"]["lines"]:
            self._heading(sheet["bank"]["heading"])
            self._facts(sheet["bank"]["lines"])
        if sheet["signatures"]:
            self._signatures(sheet["signatures"])

    def foot(self) -> None:
        footer = self.document.sections[0].footer.paragraphs[0]
        if self._sheet["footer"]:
            _run(footer, f"{self._sheet['footer']}    ", soft=True, size=8)
        before, _, rest = self._sheet["page"].partition("{page}")
        between, _, after = rest.partition("{pages}")
        _run(footer, before, soft=True, size=8)
        _field(footer, "PAGE")
        _run(footer, between, soft=True, size=8)
        _field(footer, "NUMPAGES")
        _run(footer, after, soft=True, size=8)

    def _line(self, runs: Sequence[tuple[str, Mapping[str, Any]]], *, align: str = "left") -> Any:
        paragraph = self.document.add_paragraph()
        paragraph.alignment = _ALIGN[align]
        for text, style in runs:
            _run(paragraph, text, **style)
        return paragraph

    def _heading(self, text: str) -> None:
        if text:
            paragraph = self._line([(text, {"bold": True, "size": 10.5})])
            paragraph.paragraph_format.space_before = Pt(8)
            paragraph.paragraph_format.keep_with_next = True

    def _text(self, text: str) -> None:
        for row in text.split("\n") if text else ():
            self._line([(row, {})])

    def _facts(self, facts: Sequence[Sequence[str]]) -> None:
        for label, value in facts:
            runs: list[tuple[str, Mapping[str, Any]]] = [(f"{label}  ", {"soft": True})] if label else []
            self._line([*runs, (value, {})])

    def _parties(self, parties: Sequence[Mapping[str, Any]]) -> None:
        table = self.document.add_table(rows=1, cols=len(parties))
        for cell, party in zip(table.rows[0].cells, parties, strict=True):
            _shade(cell)
            _run(cell.paragraphs[0], party["heading"], soft=True, size=8.5)
            for label, value in party["lines"]:
                paragraph = cell.add_paragraph()
                if label:
                    _run(paragraph, f"{label}  ", soft=True)
                _run(paragraph, value)
        self.document.add_paragraph()

    def _table(self, found: Mapping[str, Any]) -> None:
        self._heading(found["heading"])
        columns = found["columns"]
        table = self.document.add_table(rows=1 + len(found["rows"]), cols=len(columns))
        table.style = "Table Grid"
        table.autofit = False
        shares = sum(column["width"] for column in columns)
        widths = [Mm(self._width * column["width"] / shares) for column in columns]
        # Cells are reached row by row once: asking the table for each would walk it all every time.
        rows = list(table.rows)
        for cell, column, width in zip(rows[0].cells, columns, widths, strict=True):
            cell.width = width
            _shade(cell)
            cell.paragraphs[0].alignment = _ALIGN[column["align"]]
            _run(cell.paragraphs[0], column["label"], bold=True, size=8.5)
        _repeat(rows[0])
        for row, values in zip(rows[1:], found["rows"], strict=True):
            _whole(row)
            for cell, parts, column, width in zip(row.cells, values, columns, widths, strict=True):
                cell.width = width
                for place, part in enumerate(parts):
                    paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
                    paragraph.alignment = _ALIGN[column["align"]]
                    _run(paragraph, part, soft=place > 0, size=8 if place else 8.8)

    def _totals(self) -> None:
        totals, (label, words) = self._sheet["totals"], self._sheet["words"]
        if totals:
            table = self.document.add_table(rows=len(totals), cols=2)
            table.alignment = WD_TABLE_ALIGNMENT.RIGHT
            for row, total in zip(table.rows, totals, strict=True):
                _whole(row)
                for cell, text, width in zip(
                    row.cells, (total["label"], total["value"]), (45, 45), strict=True
                ):
                    cell.width = Mm(width)
                    cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
                    cell.paragraphs[0].paragraph_format.keep_with_next = True
                    _run(cell.paragraphs[0], text, bold=total["strong"], size=11 if total["strong"] else 9)
        if words:
            self._line([(f"{label}  ", {"soft": True}), (words, {"bold": True})])

    def _signatures(self, signatures: Sequence[Mapping[str, Any]]) -> None:
        self.document.add_paragraph()
        table = self.document.add_table(rows=1, cols=len(signatures))
        _whole(table.rows[0])
        for cell, one in zip(table.rows[0].cells, signatures, strict=True):
            _run(cell.paragraphs[0], one["heading"], bold=True)
            for line in one["lines"]:
                paragraph = cell.add_paragraph()
                paragraph.paragraph_format.space_before = Pt(14)
                _run(paragraph, f"{line}  {'_' * 22}", soft=True)


def _run(
    paragraph: Any, text: str, *, bold: bool = False, soft: bool = False, size: float | None = None
) -> None:
    run = paragraph.add_run(_printable(text))
    run.bold = bold
    if soft:
        run.font.color.rgb = _SOFT
    if size is not None:
        run.font.size = Pt(size)


def _printable(text: str) -> str:
    """XML holds no control characters; a line break is Word's own."""
    return "".join(char for char in text if (char >= " " or char in "\n\t") and char not in "\ufffe\uffff")


def _field(paragraph: Any, name: str) -> None:
    """A number that Word works out: the page, how many there are."""
    run = paragraph.add_run()
    run.font.size, run.font.color.rgb = Pt(8), _SOFT
    for kind in ("begin", None, "end"):
        if kind is None:
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = name
            run._r.append(code)  # noqa: SLF001 - python-docx has no door of its own to fields
            continue
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        run._r.append(mark)  # noqa: SLF001


def _shade(cell: Any) -> None:
    fill = OxmlElement("w:shd")
    fill.set(qn("w:val"), "clear")
    fill.set(qn("w:fill"), _HEAD)
    cell._tc.get_or_add_tcPr().append(fill)  # noqa: SLF001


def _repeat(row: Any) -> None:
    """The head of a table stands on each of its pages."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001


def _whole(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001
