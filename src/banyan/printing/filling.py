"""A template and what may be printed of a record, put together to a sheet."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from banyan.metadata.catalog import Catalog, Field, Object
from banyan.printing.material import Material, Record, Rows, relation_target
from banyan.printing.sheet import (
    FilledBlock,
    FilledColumn,
    FilledSignature,
    FilledTable,
    FilledTotal,
    Pair,
    Sheet,
)
from banyan.printing.template import ITEM, ROW_NUMBER, Block, Column, Table, TemplateDocument
from banyan.printing.values import day, money, shown
from banyan.printing.words import in_words

DOCUMENT, PRINT = "document", "print"
_PAGE = {"zh-CN": "第 {page} 页，共 {pages} 页", "en": "Page {page} of {pages}"}
_ROW_LABEL = {"zh-CN": "序号", "en": "No."}


@dataclass(frozen=True)
class Occasion:
    """Who prints, when, in which language, against which catalog (all of it, for names alone)."""

    full: Catalog
    language: str
    timezone: str
    today: date
    by: str
    currency: str = "CNY"  # of the workspace: what a document is in that says none


def values_of(occasion: Occasion, obj: Object, record: Record, seen: Object) -> dict[str, Any]:
    """Every field of the object by name: shown as far as it is seen, nothing where it is empty or hidden."""
    found: dict[str, Any] = {}
    for field in obj.fields:
        known = seen.field(field.api_name)
        value = None if known is None else record.get(field.api_name)
        found[field.api_name] = (
            None if known is None else shown(known, value, occasion.language, occasion.timezone)
        )
    return found


def context_of(occasion: Occasion, material: Material) -> dict[str, Any]:
    """What a template's texts may name: `document`, each record that it names, and the print itself."""
    whole = occasion.full.by_id[material.object.id]
    context: dict[str, Any] = {}
    for field in whole.fields:
        target = relation_target(occasion.full, field)
        if target is None:
            continue
        seen, record = material.related.get(field.api_name, (target, {}))
        context[field.api_name] = values_of(occasion, target, record, seen)
    context[DOCUMENT] = values_of(occasion, whole, material.record, material.object)
    context[PRINT] = {
        "date": day(occasion.today, occasion.language),
        "by": occasion.by,
        "language": occasion.language,
    }
    return context


@dataclass(frozen=True)
class Filler:
    occasion: Occasion
    template: TemplateDocument
    material: Material

    def sheet(self) -> tuple[Sheet, str]:
        """The sheet and the name of its file, without an ending."""
        template, say = self.template, self._say
        title = say(template.title, "/title")
        name = say(template.file_name, "/file_name") or title
        words = self._words()
        sheet = Sheet(
            language=self.occasion.language,
            paper=template.paper,
            title=title,
            running=name,
            letterhead=self._block(template.letterhead, "/letterhead"),
            facts=tuple(self._facts(template.facts, "/facts")),
            parties=tuple(
                self._block(each, f"/parties/{place}") for place, each in enumerate(template.parties)
            ),
            intro=say(template.intro, "/intro"),
            tables=tuple(self._tables()),
            totals=tuple(self._totals()),
            words=(say(template.words_label, "/words_label"), words),
            clauses=tuple(self._clauses()),
            bank=self._block(template.bank, "/bank"),
            signatures=tuple(
                FilledSignature(say(each.heading, f"/signatures/{place}/heading"), each.lines)
                for place, each in enumerate(template.signatures)
            ),
            footer=say(template.footer, "/footer"),
            page=_PAGE[self.occasion.language],
            mark=template.marks.get(str(self.material.record.get("status") or ""), ""),
            author=self.occasion.by,
        )
        return sheet, name

    @cached_property
    def _context(self) -> dict[str, Any]:
        return context_of(self.occasion, self.material)

    def _say(self, text: str, pointer: str) -> str:
        from banyan.printing.liquid import fill

        return fill(text, self._context, self.occasion.language, pointer)

    def _facts(self, facts: Any, pointer: str) -> Iterator[Pair]:
        say = self._say
        for place, fact in enumerate(facts):
            value = say(fact.value, f"{pointer}/{place}/value")
            if value:
                yield say(fact.label, f"{pointer}/{place}/label"), value

    def _block(self, block: Block, pointer: str) -> FilledBlock:
        heading = self._say(block.heading, f"{pointer}/heading")
        return FilledBlock(heading, tuple(self._facts(block.lines, f"{pointer}/lines")))

    def _clauses(self) -> Iterator[Pair]:
        """A clause whose text comes out empty is left out with its heading."""
        say = self._say
        for place, clause in enumerate(self.template.clauses):
            text = say(clause.text, f"/clauses/{place}/text")
            if text:
                yield say(clause.heading, f"/clauses/{place}/heading"), text

    def _totals(self) -> Iterator[FilledTotal]:
        seen, record = self.material.object, self.material.record
        for total in self.template.totals:
            field = seen.field(total.field)
            if field is None:
                continue
            value = None if field.masked else self._money(record.get(field.api_name))
            text = None if value is None else money(value)
            if value is None or text is None or (total.optional and not _amount(value)):
                continue
            yield FilledTotal(total.label or _label(field, self.occasion.language), text, total.strong)

    def _words(self) -> str:
        field = self.material.object.field(self.template.words_of)
        known = None if field is None or field.masked else self.material.record.get(field.api_name)
        value = self._money(known)
        if value is None:
            return ""
        return in_words(_amount(value), str(value["currency"]), self.occasion.language)

    def _money(self, value: Any) -> Mapping[str, Any] | None:
        """An amount with its currency. What is worked out of lines is a plain number: it is in the document's own."""
        if isinstance(value, Mapping):
            return value if value.get("amount") is not None else None
        if value is None:
            return None
        code = self.material.record.get("currency")
        return {"amount": str(value), "currency": code if isinstance(code, str) else self.occasion.currency}

    def _tables(self) -> Iterator[FilledTable]:
        """The first table stands even without rows: totals belong to it."""
        for place, table in enumerate(self.template.tables):
            rows = self.material.tables.get(table.source)
            if rows is not None and (rows.records or place == 0):
                yield self._table(table, rows)

    def _table(self, table: Table, rows: Rows) -> FilledTable:
        kept = [column for column in table.columns if _stands(column, rows)]
        return FilledTable(
            table.heading,
            tuple(self._column(column, rows.object) for column in kept),
            tuple(
                tuple(self._cell(column, rows.object, record, number) for column in kept)
                for number, record in enumerate(rows.records, 1)
            ),
        )

    def _column(self, column: Column, obj: Object) -> FilledColumn:
        language = self.occasion.language
        field = obj.field(_field_of(column))
        label = column.label or (_label(field, language) if field else "") or _ROW_LABEL[language]
        align = "center" if column.field == ROW_NUMBER else _align(field)
        return FilledColumn(label, column.width, align)

    def _cell(self, column: Column, obj: Object, record: Record, number: int) -> tuple[str, ...]:
        if column.field == ROW_NUMBER:
            return (str(number),)
        if column.field == ITEM:
            product, name = (self._text(obj, record, each) for each in ("product", "name"))
            return tuple(dict.fromkeys(each for each in (product, name) if each))
        text = self._text(obj, record, column.field)
        return () if text is None else (text,)

    def _text(self, obj: Object, record: Record, name: str) -> str | None:
        field = obj.field(name)
        if field is None:
            return None
        value = record.get(field.api_name)
        return shown(field, value, self.occasion.language, self.occasion.timezone, sign=False)


def _field_of(column: Column) -> str:
    return "product" if column.field == ITEM else column.field


def _stands(column: Column, rows: Rows) -> bool:
    """A column of a field the reader may not see is not there; nor is one that may go where it is empty."""
    if column.field == ROW_NUMBER:
        return True
    names = ("product", "name") if column.field == ITEM else (column.field,)
    fields = [field for name in names if (field := rows.object.field(name)) is not None and not field.masked]
    return bool(fields) and (
        not column.optional or any(_filled(record.get(fields[0].api_name)) for record in rows.records)
    )


def _filled(value: Any) -> bool:
    if isinstance(value, Mapping) and "amount" in value:
        return bool(_amount(value))
    return value not in (None, "", "0", "0.0000", "0.00", [])


def _amount(value: Any) -> Decimal:
    return Decimal(str(value["amount"])) if isinstance(value, Mapping) and value.get("amount") else Decimal()


def _align(field: Field | None) -> str:
    if field is None:
        return "left"
    numeric = field.kind.align == "right" or field.kind.computed
    return "right" if numeric else "left"


def _label(field: Field, language: str) -> str:
    return field.label.get(language) or next(iter(field.label.values()), field.api_name)
