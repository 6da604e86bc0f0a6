"""Quotes of the sample: a company, categories, price books in two currencies; quotes in every state, what they became.

Quotes of won deals are accepted, and became contracts and orders; those of open deals stand in all other states.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import cycle
from typing import Any
from uuid import UUID

import orjson

from banyan.db.database import Connection
from banyan.events import EventBus
from banyan.kernel.money import rounded
from banyan.metadata.formulas.calendar import Rate, write_rates
from banyan.query.parsed import ParsedQuery, Sort
from banyan.quoting.repricing import today_of
from banyan.records import documents, queries
from banyan.records.commands import Change, Commands
from banyan.records.locking import as_house
from banyan.records.session import Session

WON, OPEN = 30, 30
_SEED = 7
_CATEGORIES = ("软件订阅", "专业服务", "扩展模块", "硬件")
_SERIES = {"订阅": "软件订阅", "服务": "专业服务", "扩展": "扩展模块", "硬件": "硬件"}
_TAX = {"软件订阅": "6", "专业服务": "6", "扩展模块": "6", "硬件": "13"}
_UNITS = {"软件订阅": "套/年", "专业服务": "人天", "扩展模块": "套/年", "硬件": "台"}
_TERMS = "合同签订后 5 个工作日内支付 30%，验收后支付 60%，质保期满支付 10%。"
# States of quotes of open deals, in turn.
_STATES = ("draft", "sent", "sent", "pending", "declined", "expired")


@dataclass
class _Sample:
    connection: Connection
    session: Session
    bus: EventBus
    chance: random.Random

    @property
    def today(self) -> date:
        return today_of(self.session)

    async def put(self, name: str, rows: Sequence[Mapping[str, Any]]) -> list[UUID]:
        commands = Commands(self.connection, self.session, self.bus, house=True)
        places = [f"/{place}" for place in range(len(rows))]
        return [each.id for each in await commands.create(self.session.full.object(name), rows, places)]

    async def change(self, name: str, changes: Mapping[UUID, Mapping[str, Any]]) -> None:
        if changes:
            commands = Commands(self.connection, self.session, self.bus, house=True)
            rows = [Change(key, values) for key, values in changes.items()]
            async with as_house(self.connection):
                await commands.update(self.session.full.object(name), rows)

    async def read(
        self, name: str, where: dict[str, Any] | None, limit: int, *sort: Sort
    ) -> list[dict[str, Any]]:
        obj = self.session.full.object(name)
        query = ParsedQuery(where=where, limit=limit, sort=sort)
        found: list[dict[str, Any]] = orjson.loads(
            (await queries.query_page(self.connection, self.session, obj, query)).rows
        )
        return found


async def sample(
    connection: Connection, session: Session, bus: EventBus, made: Mapping[str, Sequence[UUID]]
) -> None:
    """What is made here is told in `made`, for who comes after."""
    if any(documents.document_kind(session.full, name) is None for name in documents.KINDS):
        return
    work = _Sample(connection, session, bus, random.Random(_SEED))  # noqa: S311 - sample data
    company = await _company(work)
    products = await _products(work)
    await _books(work, company, products)
    found = await _quotes(work, company, products)
    if isinstance(made, dict):
        made.update(found)


async def _company(work: _Sample) -> UUID:
    values = {
        "name": "榕树智能科技（苏州）有限公司",
        "name_en": "Banyan Smart Technology (Suzhou) Co., Ltd.",
        "code": "BY",
        "tax_id": "91320594MA27XSAMPL",
        "bank_name": "示例银行苏州工业园区支行",
        "bank_account": "3220 0000 0000 0001",
        "address": "江苏省苏州市工业园区示例路 1 号",
        "address_en": "1 Example Road, Suzhou Industrial Park, Jiangsu, China",
        "phone": "0512-00000000",
        "email": "sales@example.com",
        "currency": work.session.currency,
        "tax_rate": "13",
        "payment_terms": _TERMS,
    }
    (company,) = await work.put("company", [values])
    return company


async def _products(work: _Sample) -> list[dict[str, Any]]:
    keys = await work.put(
        "product_category", [{"name": name, "position": n} for n, name in enumerate(_CATEGORIES)]
    )
    of = dict(zip(_CATEGORIES, keys, strict=True))
    found = await work.read("product", None, 50, Sort(field="id"))
    changes: dict[UUID, Mapping[str, Any]] = {}
    for product in found:
        category = _SERIES.get(product.get("series") or "", _CATEGORIES[0])
        changes[UUID(product["id"])] = {
            "category": str(of[category]),
            "tax_rate": _TAX[category],
            "unit": _UNITS[category],
            "kind": "goods"
            if category == "硬件"
            else "service"
            if category == "专业服务"
            else "subscription",
        }
    await work.change("product", changes)
    return [product for product in found if product.get("price")]


async def _books(work: _Sample, company: UUID, products: Sequence[Mapping[str, Any]]) -> None:
    """The standard book in the own currency, with a better price from ten on; one abroad, at a rate of each quarter."""
    own = work.session.currency
    foreign, rate = ("USD", Decimal("7.12")) if own == "CNY" else ("EUR", Decimal("1.08"))
    await _rates(work, foreign, rate)
    names = {own: f"标准价目表 {own}", foreign: f"Export price list {foreign}"}
    for currency, name in names.items():
        values = {"name": name, "currency": currency, "company": str(company), "standard": True}
        (book,) = await work.put("price_book", [values])
        rows = []
        for product in products:
            price = Decimal(product["price"]["amount"])
            price = price if currency == own else rounded(price / rate * Decimal("1.1"), currency)
            for quantity, part in (("0", Decimal(1)), ("10", Decimal("0.92"))):
                amount = {"amount": f"{rounded(price * part, currency):f}", "currency": currency}
                rows.append(
                    {
                        "price_book": str(book),
                        "product": product["id"],
                        "from_quantity": quantity,
                        "price": amount,
                    }
                )
        await work.put("price_book_entry", rows)
        if currency == own:
            await work.change("company", {company: {"price_book": str(book)}})


async def _rates(work: _Sample, currency: str, rate: Decimal) -> None:
    start = date(work.today.year - 2, 1, 1)
    days = [date(start.year + months // 12, months % 12 + 1, 1) for months in range(0, 36, 3)]
    moves = cycle(("0", "0.03", "-0.02", "0.05", "0.01"))
    known = [Rate(currency, day, rate + Decimal(next(moves))) for day in days if day <= work.today]
    await write_rates(work.connection, work.session.full.schema, known)


async def _quotes(
    work: _Sample, company: UUID, products: Sequence[Mapping[str, Any]]
) -> dict[str, list[UUID]]:
    newest = Sort(field="close_date", direction="desc")
    won = await work.read("opportunity", _deals("eq"), WON, newest)
    going = await work.read("opportunity", _deals("ne"), OPEN, newest)
    drawn = [_quote(work, company, products, deal, place) for place, deal in enumerate((*won, *going))]
    states = ["accepted"] * len(won) + [state for _, state in zip(going, cycle(_STATES), strict=False)]
    for row, state in zip(drawn, states, strict=True):
        row["discount"] = "18" if state == "pending" else None
    keys = await work.put("quote", drawn)
    await work.change(
        "quote", {key: _sent(row) for key, row, s in zip(keys, drawn, states, strict=True) if s in _SENT}
    )
    ended = {
        key: _ended(row, state)
        for key, row, state in zip(keys, drawn, states, strict=True)
        if state not in ("draft", "sent")
    }
    await work.change("quote", ended)
    accepted = list(zip(keys, drawn, strict=True))[: len(won)]
    contracts = await _contracts(work, accepted)
    return {"quote": keys, "contract": contracts, "sales_order": await _orders(work, accepted, contracts)}


_SENT = frozenset({"sent", "accepted", "declined", "expired"})


def _deals(op: str) -> dict[str, Any]:
    has = {"field": "account", "op": "is_not_empty"}
    if op == "eq":
        return {"and": [has, {"field": "stage", "op": "eq", "value": "won"}]}
    return {"and": [has, {"field": "stage", "op": "in", "value": ["proposal", "negotiation", "engaging"]}]}


def _quote(
    work: _Sample,
    company: UUID,
    products: Sequence[Mapping[str, Any]],
    deal: Mapping[str, Any],
    place: int,
) -> dict[str, Any]:
    closes = date.fromisoformat(deal["close_date"]) if deal.get("close_date") else work.today
    issued = min(closes, work.today) - timedelta(days=work.chance.randint(5, 25))
    abroad = place % 6 == 5  # noqa: PLR2004 - every sixth is abroad
    currency = work.session.currency
    if abroad:
        currency = "USD" if currency == "CNY" else "EUR"
    chosen = work.chance.sample(list(products), k=min(len(products), work.chance.randint(2, 4)))
    return {
        "name": deal["name"],
        "account": deal["account"]["id"],
        "opportunity": deal["id"],
        "owner": deal["owner"]["id"] if deal.get("owner") else None,
        "company": str(company),
        "issued_on": issued.isoformat(),
        "valid_until": (issued + timedelta(days=60)).isoformat(),
        "currency": currency,
        "payment_terms": _TERMS,
        "lines": [
            {
                "position": number + 1,
                "product": product["id"],
                "quantity": str(work.chance.choice((1, 2, 3, 5, 10, 12))),
                "discount": work.chance.choice((None, None, "3", "5")),
            }
            for number, product in enumerate(chosen)
        ],
    }


def _at(day: str, days: int = 0) -> str:
    return datetime.combine(date.fromisoformat(day) + timedelta(days=days), time(9), UTC).isoformat()


def _sent(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"status": "sent", "sent_at": _at(row["issued_on"], 1)}


def _ended(row: Mapping[str, Any], state: str) -> dict[str, Any]:
    if state in ("accepted", "declined"):
        reason = {"decline_reason": "预算调整，今年不采购"} if state == "declined" else {}
        answered = {"answered_at": _at(row["issued_on"], 6), "answered_by": "王经理"}
        return {"status": state, **answered, **reason}
    return {"status": state}


def _kept(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("name", "account", "opportunity", "owner", "company", "currency", "payment_terms", "lines")
    return {name: row[name] for name in names}


async def _contracts(work: _Sample, accepted: Sequence[tuple[UUID, Mapping[str, Any]]]) -> list[UUID]:
    rows, signing = [], []
    for quote, row in accepted:
        signed = date.fromisoformat(row["issued_on"]) + timedelta(days=8)
        start, signed = signed + timedelta(days=7), min(signed, work.today)
        end = start.replace(year=start.year + 1, day=min(start.day, 28)) - timedelta(days=1)
        span = {"starts_on": start.isoformat(), "ends_on": end.isoformat()}
        rows.append({**_kept(row), **span, "quote": str(quote)})
        signing.append({"status": "signed", "signed_on": signed.isoformat(), "signed_by": "王经理"})
    keys = await work.put("contract", rows) if rows else []
    await work.change("contract", dict(zip(keys, signing, strict=True)))
    return keys


async def _orders(
    work: _Sample, accepted: Sequence[tuple[UUID, Mapping[str, Any]]], contracts: Sequence[UUID]
) -> list[UUID]:
    rows = [
        {
            **_kept(row),
            "quote": str(quote),
            "contract": str(contract),
            "ordered_on": min(
                date.fromisoformat(row["issued_on"]) + timedelta(days=12), work.today
            ).isoformat(),
        }
        for (quote, row), contract in zip(accepted, contracts, strict=True)
    ]
    keys = await work.put("sales_order", rows) if rows else []
    courses = cycle(({"delivery": "received"}, {"delivery": "partial"}, {"delivery": "none"}))
    await work.change("sales_order", {key: {"status": "confirmed", **next(courses)} for key in keys})
    return keys
