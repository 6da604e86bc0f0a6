"""What a document would come to, and prices asked for: nothing is written, the same statements and rules answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from banyan.kernel.errors import Denied, FieldProblem, InvalidInput
from banyan.kernel.ids import new_id
from banyan.kernel.messages import message
from banyan.metadata.catalog import Object
from banyan.query.documents import MONEY
from banyan.quoting.prices import number, withdrawn
from banyan.quoting.pricing import Result, Sheet, settle
from banyan.quoting.repricing import line_values, plain, today_of
from banyan.quoting.sheets import MOST_LINES, Place, writable
from banyan.records import documents
from banyan.records.documents import LineRow
from banyan.records.related import check_related
from banyan.records.session import Session
from banyan.records.values import Stored, parse_values

_BOUNDS = (Decimal(0), Decimal(999_999_999))


async def calculate(
    place: Place, header: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """What header and lines come to, line by line; told as far as the caller may see the fields."""
    if len(lines) > MOST_LINES:
        raise InvalidInput(problems=[FieldProblem("/lines", "too_many_rows", {"limit": MOST_LINES})])
    proposed, problems = await _propose(place, header, lines)
    (result,) = await settle(place.connection, place.session, [proposed])
    return _told(place, proposed, result, [*problems, *result.problems])


async def _propose(
    place: Place, header: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]
) -> tuple[Sheet, list[FieldProblem]]:
    session, connection = place.session, place.connection
    asked = {name: value for name, value in header.items() if name != "status"}
    head, problems = _parsed(place.head, asked, session, "/header")
    if head.get("owner_id") is None and session.actor.user_id:
        head["owner_id"] = str(session.actor.user_id)
    company = place.kind.column("company")
    if head.get(company) is None and (only := await documents.only_company(connection, session)):
        head[company] = str(only)
    rows: list[Stored] = []
    for index, line in enumerate(lines):
        row, found = _parsed(place.line, {"quantity": 1, **line}, session, f"/lines/{index}")
        rows.append({**row, "id": str(new_id())})
        problems += found
    await check_related(connection, session, place.head, [head], ["/header"])
    await check_related(connection, session, place.line, rows, [f"/lines/{i}" for i in range(len(rows))])
    (read,) = await documents.read_heads(connection, session, place.kind, today_of(session), [head])
    known = {str(row.id): row for row in await _lines_of(place, rows)}
    found_rows = [known[row["id"]] for row in rows]
    for index, line_row in enumerate(found_rows):
        problems += _unfit(line_row, f"/lines/{index}")
    return Sheet(read, found_rows), problems


async def _lines_of(place: Place, rows: Sequence[Stored]) -> list[LineRow]:
    if not rows:
        return []
    return await documents.read_lines(place.connection, place.session, place.kind, rows)


def _parsed(
    obj: Object, values: Mapping[str, Any], session: Session, pointer: str
) -> tuple[Stored, list[FieldProblem]]:
    return parse_values(
        obj, writable(obj, values, owner=True), session.context, creating=False, pointer=pointer
    )


def _unfit(line: LineRow, pointer: str) -> list[FieldProblem]:
    """What the rules of lines would refuse; such a line counts for nothing."""
    problems = []
    low, high = _BOUNDS
    quantity, price = line["quantity"], line["unit_price"]
    if quantity is not None and not low < quantity <= high:
        problems.append(FieldProblem(f"{pointer}/quantity", "line_quantity"))
        line.values["quantity"] = Decimal(0)
    if price is not None and price < 0:
        problems.append(FieldProblem(f"{pointer}/unit_price", "line_price"))
        line.values["unit_price"] = Decimal(0)
    return problems


def _told(place: Place, sheet: Sheet, result: Result, problems: Sequence[FieldProblem]) -> dict[str, Any]:
    language, currency = place.session.actor.language, result.currency
    by_line: dict[str, list[dict[str, Any]]] = {}
    told = [_problem(each, language) for each in problems]
    for each in told:
        by_line.setdefault("/".join(each["pointer"].split("/")[:3]), []).append(each)
    seen = {field.api_name for field in place.line.fields if not field.masked}
    lines = []
    for index, (line, found) in enumerate(zip(sheet.lines, result.lines, strict=True)):
        values = line_values(line, found, currency, language)
        shown = {
            name: _money(value, currency) if name in MONEY else plain(value)
            for name, value in values.items()
            if name in seen
        }
        shown |= {"problems": by_line[f"/lines/{index}"]} if f"/lines/{index}" in by_line else {}
        lines.append(shown)
    header = {field.api_name for field in place.head.fields if not field.masked}
    totals: dict[str, Any] = {
        name: _money(value, currency) for name, value in vars(result.sums).items() if name in header
    }
    rate = result.rate
    if "base_total" in header:
        totals["base_total"] = _money(result.base_total, place.session.currency)
        totals["exchange_rate"] = None if rate is None else number(rate.rate)
        totals["rate_on"] = None if rate is None else rate.on.isoformat()
    return {
        "header": {
            "currency": currency,
            "prices_with_tax": result.with_tax,
            "price_book": None if result.book is None else str(result.book.id),
            "company": _text(sheet.head["company"]),
        },
        "lines": lines,
        "totals": totals,
        "largest_discount": number(result.largest_discount),
        "needs_approval": result.needs_approval,
        "problems": told,
    }


def _problem(problem: FieldProblem, language: str) -> dict[str, Any]:
    text = message(problem.code, language, problem.params)
    return {"pointer": problem.pointer, "code": problem.code, "message": text, "params": dict(problem.params)}


def _money(value: Any, currency: str) -> dict[str, str] | None:
    return None if value is None else {"amount": f"{value:f}", "currency": currency}


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


@dataclass(frozen=True)
class Asked:
    """Prices that somebody wants to know, for a customer or a book, on a day."""

    products: Sequence[tuple[UUID, Decimal]]
    account: UUID | None = None
    price_book: UUID | None = None
    currency: str | None = None
    company: UUID | None = None
    on: date | None = None


async def find_prices(place: Place, asked: Asked) -> list[dict[str, Any]]:
    """The price of each product with its reason. Raises Denied where prices are not for this caller."""
    session = place.session
    for name, fields in (("price_book", ("name",)), ("price_book_entry", ("price",)), ("product", ("name",))):
        obj = session.catalog.object(name)
        session.policy.require(obj.grant_key, "read")
        known = (obj.field(each) for each in fields)
        if any(field is None or field.masked for field in known):
            raise Denied("action_denied", action="read", object=name)
    header: dict[str, Any] = {
        name: _text(value)
        for name, value in (
            ("account", asked.account),
            ("price_book", asked.price_book),
            ("currency", asked.currency),
            ("company", asked.company),
            (place.kind.day, asked.on.isoformat() if asked.on else None),
        )
        if value is not None
    }
    lines = [{"product": str(product), "quantity": str(quantity)} for product, quantity in asked.products]
    sheet, _ = await _propose(place, header, lines)
    (result,) = await settle(place.connection, session, [sheet])
    bundles = [line["product"] for line in sheet.lines if line.product["kind"] == "bundle"]
    contents = await documents.components_of(place.connection, session, bundles)
    language = session.actor.language
    answers = []
    for line, each in zip(sheet.lines, result.lines, strict=True):
        held = contents.get(line["product"], ())
        answers.append(
            {
                "product": str(line["product"]),
                "name": line.product["name"],
                "price": _money(each.found.price, result.currency),
                "list_price": _money(each.found.price, result.currency),
                "currency": result.currency,
                "price_book": None if result.book is None else str(result.book.id),
                "from_quantity": number(each.found.from_quantity) or None,
                "reason": each.found.reason.document(language),
                "tax_rate": number(each.tax_rate),
                "unit": line.product["unit"],
                "active": not withdrawn(line.product, sheet.head.day),
                **({"components": [_part(*part) for part in held]} if held else {}),
            }
        )
    return answers


def _part(product: UUID, quantity: Decimal) -> dict[str, str]:
    return {"product": str(product), "quantity": number(quantity)}
