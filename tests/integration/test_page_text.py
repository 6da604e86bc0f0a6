"""Pages are put together as text by the database: whatever people write comes back as they wrote it."""

import orjson
import pytest

from factories.api import Api, unique

pytestmark = pytest.mark.anyio
ODD = [
    'quo"te', "back\\slash", "line\nbreak\ttab", "\u2028\u2029\x01\x1f\x7f", "%s %(take)s %% {} $1 :x", "',\"}],{",
    "张三 \U0001f600 𠀀", "null", "</script><!--", " spaces ",
    '",\n{"', "a,\r\nb,\n",
]  # fmt: skip


async def test_text_of_every_kind_comes_back_as_it_was_written(api: Api):
    admin, word = api.administrator, unique("Odd ")
    partner = await admin.create("account", name=f'{word} "partner", \\ 伙伴')
    for number, text in enumerate(ODD):
        amount = {"amount": f"{number}.50", "currency": "USD"} if number % 2 else None
        values = {"name": f"{word}{number}", "note": text, "account": partner["id"] if number % 3 else None}
        await admin.create("opportunity", amount=amount, close_date="2027-03-31", **values)
    select = ["name", "note", "account", "account.name", "amount", "close_date", "owner", "created_at"]
    response = await admin.call(
        "POST", "/records/opportunity/query", json={"select": select, "search": word, "limit": 100}
    )
    found = {each["name"]: each for each in orjson.loads(response.content)["records"]}
    assert len(found) == len(ODD)
    for number, text in enumerate(ODD):
        each = found[f"{word}{number}"]
        assert each["note"] == text.strip().replace("\r\n", "\n")
        assert each["amount"] == ({"amount": f"{number}.50", "currency": "USD"} if number % 2 else None)
        named = {"id": partner["id"], "label": partner["name"]} if number % 3 else None
        assert each["account"] == named
        assert each["account.name"] == (named and named["label"])
        assert list(each) == ["id", "version", *select]
        alone = await admin.ok("GET", f"/records/opportunity/{each['id']}")
        assert {name: alone[name] for name in ("name", "note", "amount", "created_at")} == {
            name: each[name] for name in ("name", "note", "amount", "created_at")
        }


async def test_pages_go_from_values_to_empty_ones_without_a_gap(api: Api):
    admin, word = api.administrator, unique("Page ")
    for number in range(7):
        given = {"amount": {"amount": str(number), "currency": "CNY"}} if number < 4 else {}
        await admin.create("opportunity", name=f"{word}{number}", **given)
    for limit in (1, 2, 3, 4, 5, 7, 8):
        seen, cursor = [], None
        while True:
            body = {"select": ["name"], "search": word, "limit": limit, "cursor": cursor}
            page = await admin.page("opportunity", sort=[{"field": "amount", "direction": "desc"}], **body)
            assert len(page["records"]) <= limit
            seen += [each["name"].removeprefix(word) for each in page["records"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert seen[:4] == ["3", "2", "1", "0"]
        assert sorted(seen) == [str(number) for number in range(7)]
