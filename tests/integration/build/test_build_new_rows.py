"""A look at a new row spares asking its rules only where asking would have found nothing."""

import itertools
from collections.abc import Mapping
from typing import Any

import pytest

from banyan.kernel.actor import Actor
from banyan.kernel.errors import BanyanError
from banyan.pipelines.hooks import register_hooks
from banyan.records import commands as commands_module
from banyan.records import rules as rules_module
from banyan.records.commands import Commands
from factories.house import House

pytestmark = pytest.mark.anyio
MONEY = {"amount": "100.00", "currency": "CNY"}
DEALS = {
    "stage": [None, "prospecting", "engaging", "proposal", "negotiation", "won", "lost"],
    "pipeline": [None, "renewal"],
    "amount": [None, MONEY],
    "close_date": [None, "2027-01-31"],
    "loss_reason": [None, "price"],
}
LEADS = {
    "status": [None, "new", "contacted", "qualified", "converted", "invalid"],
    "phone": [None, "13800138917"],
}
RULED = "ruled"


def _combinations(parts: Mapping[str, list[Any]]) -> list[dict[str, Any]]:
    rows = (dict(zip(parts, values, strict=True)) for values in itertools.product(*parts.values()))
    return [
        {"name": "x", **{name: value for name, value in row.items() if value is not None}} for row in rows
    ]


def _field(name: str, kind: str, config: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"api_name": name, "type": kind, "label": {"en": name}, "config": config or {}, **more}


def _choices(*keys: str, **when: list[str]) -> dict[str, Any]:
    return {"choices": [{"key": key, "label": {"en": key}, "when": when.get(key, [])} for key in keys]}


@pytest.fixture(scope="module")
async def ruled(house: House) -> House:
    """With an object of one's own: required under a condition, or unless hidden, and a dependent choice."""
    paid = {"field": "kind", "op": "eq", "value": "paid"}
    fields = [
        _field("kind", "single_choice", _choices("paid", "free")),
        _field("tariff", "single_choice", {"depends_on": "kind", **_choices("day", "trial", day=["paid"])}),
        _field("price", "number", required_when=paid),
        _field("deposit", "number", required=True, visible_when=paid),
    ]
    await house.change({"kind": "create_object", "api_name": RULED, "label": {"en": RULED}, "fields": fields})
    return house


RULED_ROWS = {
    "kind": [None, "paid", "free"],
    "tariff": [None, "day", "trial"],
    "price": [None, "1"],
    "deposit": [None, "2"],
}


class _Undone(Exception):
    pass


async def _verdict(house: House, actor: Actor, name: str, values: Mapping[str, Any]) -> Any:
    """What is wrong with such a row: pointers and codes, or nothing."""
    session = await house.session(actor)
    try:
        async with house.database.transaction() as connection:
            await Commands(connection, session, house.bus).create(session.catalog.object(name), [values])
            raise _Undone  # noqa: TRY301 - the transaction takes it back
    except _Undone:
        return None
    except BanyanError as refusal:
        return sorted((each.pointer, each.code) for each in refusal.problems) or refusal.code


@pytest.mark.parametrize(("name", "parts"), [("opportunity", DEALS), ("lead", LEADS), (RULED, RULED_ROWS)])
async def test_the_same_is_found_with_and_without_a_look(
    ruled: House, monkeypatch, name: str, parts: Mapping[str, list[Any]]
):
    register_hooks()
    actor = await ruled.person("Mei")
    asked: list[int] = []
    resolve = rules_module._resolved

    def noted(*given: Any) -> Any:
        asked.append(1)
        return resolve(*given)

    monkeypatch.setattr(rules_module, "_resolved", noted)
    rows = _combinations(parts)
    looked = [await _verdict(ruled, actor, name, row) for row in rows]
    spared = len(rows) - len(asked)
    asked.clear()
    whole = commands_module.Asked
    monkeypatch.setattr(
        commands_module, "Asked", lambda obj, places, columns, _made=None: whole(obj, places, columns)
    )
    assert looked == [await _verdict(ruled, actor, name, row) for row in rows]
    refused = sum(each is not None for each in looked)
    assert refused
    assert refused < len(rows)
    assert spared > len(rows) - len(asked)  # More than what never came so far as to be judged.


async def test_no_look_where_rows_were_written_with_it(ruled: House, monkeypatch):
    register_hooks()
    session = await ruled.session(await ruled.person("Lin"))
    asked: list[str] = []
    resolve = rules_module._resolved

    def noted(resolver: Any, obj: Any, rules: Any) -> Any:
        asked.append(obj.api_name)
        return resolve(resolver, obj, rules)

    monkeypatch.setattr(rules_module, "_resolved", noted)
    deal = {"name": "x", "stage": "engaging"}
    lines = [{"name": "L", "quantity": "1", "unit_price": MONEY}]
    obj = session.catalog.object("opportunity")
    async with ruled.database.transaction() as connection:
        commands = Commands(connection, session, ruled.bus)
        await commands.create(obj, [deal])
        assert "opportunity" not in asked
        await commands.create(obj, [{**deal, "lines": lines}])
        assert "opportunity" in asked
        asked.clear()
        async with commands.together():
            await commands.create(obj, [deal])
        assert "opportunity" in asked
