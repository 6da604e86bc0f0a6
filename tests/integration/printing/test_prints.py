"""Documents as files: what is printed, with whose eyes, in which language, by which template."""

import io
import zipfile
from typing import Any

import orjson
import pytest
import sqlalchemy as sa
from PIL import Image

from banyan.app import open_runtime
from banyan.audit.facade import entry_table
from banyan.db.statements import run
from banyan.printing.facade import _picture
from factories.api import MAIN_SCHEMA, Api, Person, unique
from factories.prints import a_quote, sheet_of

pytestmark = pytest.mark.anyio


def word_text(content: bytes) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()


async def test_a_quote_comes_as_pdf_and_as_word_and_each_print_is_audited(api: Api, admin: Person):
    quote = await a_quote(admin)
    answer = await admin.call("GET", f"/prints/quote/{quote['id']}", params={"language": "zh-CN"})
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["content-type"] == "application/pdf"
    assert "filename*=UTF-8''%E6%8A%A5%E4%BB%B7%E5%8D%95" in answer.headers["content-disposition"]
    assert b"NotoSansSC" in answer.content  # the font travels in the file
    asked = {"language": "en", "format": "docx"}
    word = await admin.call("GET", f"/prints/quote/{quote['id']}", params=asked)
    text = word_text(word.content)
    assert "Quotation" in text
    assert quote["number"] in text
    assert "w:tblHeader" in text
    async with api.runtime.database.reader() as connection:
        table = entry_table(MAIN_SCHEMA)
        wanted = (table.c.action == "record_printed", table.c.record_id == quote["id"])
        rows = await (await run(connection, sa.select(table.c.detail).where(*wanted))).fetchall()
    details = [orjson.loads(row[0]) for row in rows]
    assert sorted(each["language"] for each in details) == ["en", "zh-CN"]
    assert all(len(each["sha256"]) == 64 for each in details)


async def test_a_sheet_says_what_the_record_holds(api: Api, admin: Person):
    quote = await a_quote(admin, note="{{ account.name }} {% raw %}")
    sheet = await sheet_of(api, admin, "quote", quote["id"])
    assert sheet.title == "报价单"
    assert sheet.mark == "草稿"
    assert ("报价单号", quote["number"]) in sheet.facts
    assert sheet.parties[0].lines[0] == ("", quote["account"]["label"])
    labels = [column.label for column in sheet.tables[0].columns]
    # Nobody gave a discount or a unit: columns that would be empty are not there.
    assert labels[:3] == ["序号", "产品与说明", "数量"]
    assert "折扣" not in labels
    first = sheet.tables[0].rows[0]
    assert first[0] == ("1",)
    assert first[1][1] == "Part 0"
    assert first[3] == ("1,234.50",)
    assert (sheet.totals[-1].label, sheet.totals[-1].value) == ("价税合计", "¥4,938.00")
    assert sheet.words == ("大写", "人民币肆仟玖佰叁拾捌元整")
    # What a record holds is text, whatever it looks like.
    assert ("备注", "{{ account.name }} {% raw %}") in sheet.clauses
    english = await sheet_of(api, admin, "quote", quote["id"], "en")
    assert english.title == "Quotation"
    assert english.mark == "DRAFT"


async def test_the_amount_is_spelled_in_the_currency_of_the_document(api: Api, admin: Person):
    account = await admin.create("account", name=unique("A"))
    rate = {"currency": "USD", "day": "2026-01-01", "rate": "7.1"}
    await admin.ok("PUT", "/exchange-rates", {"rates": [rate]})
    values = {"account": account["id"], "received_on": "2026-11-22"}
    paid = await admin.create("payment", **values, amount={"amount": "10800.05", "currency": "USD"})
    sheet = await sheet_of(api, admin, "payment", paid["id"])
    assert sheet.words == ("大写", "美元壹万零捌佰元零伍分")
    assert sheet.totals[-1].value == "US$10,800.05"
    english = await sheet_of(api, admin, "payment", paid["id"], "en")
    assert english.words[1] == "US dollars ten thousand eight hundred and 05/100 only"


async def test_what_the_printer_may_not_see_is_not_printed(api: Api, admin: Person):
    hidden = {
        name: {field: {"level": "hidden"}}
        for name, field in (("quote", "payment_terms"), ("quote_line", "unit_price"), ("account", "address"))
    }
    seen = ("quote", "quote_line", "account", "product", "company", "contact", "user")
    grants = {name: {"read": "all"} for name in seen}
    role = await api.role(grants=grants, fields=hidden)
    reader = await api.person(role)
    quote = await a_quote(admin)
    sheet = await sheet_of(api, reader, "quote", quote["id"])
    text = str(sheet)
    assert "货到付款" not in text
    assert "浦东新区 1 号" not in text
    assert "1,234.50" not in text
    assert "单价" not in [column.label for column in sheet.tables[0].columns]
    assert quote["number"] in text
    stranger = await api.person()
    await stranger.refused("GET", f"/prints/quote/{quote['id']}", 404, "record_not_found")


async def test_an_object_without_a_template_says_so(admin: Person):
    account = await admin.create("account", name=unique("A"))
    await admin.refused("GET", f"/prints/account/{account['id']}", 404, "no_print_template")
    bad = {"language": "fr"}
    await admin.refused("GET", f"/prints/account/{account['id']}", 422, params=bad)


async def with_mark(admin: Person, name: str, content: bytes) -> dict[str, Any]:
    """A quote of a company that carries this file as its mark."""
    catalog = await admin.ok("GET", "/metadata/definitions")
    company = next(each for each in catalog["objects"] if each["api_name"] == "company")
    field = next(each["id"] for each in company["fields"] if each["api_name"] == "logo")
    logo = await admin.ok(
        "POST", "/files", files={"file": (name, content, "image/jpeg")}, data={"field": field}
    )
    mine = await admin.create("company", name=unique("Co "), logo=[logo["id"]])
    return await a_quote(admin, 0, company=mine["id"])


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (3_000, 1_000), "green").save(buffer, "JPEG")
    return buffer.getvalue()


async def test_the_mark_of_the_company_is_a_picture_of_our_own_making(admin: Person):
    for name, content, shown in (("logo.jpg", picture(), True), ("logo.txt", b"no picture", False)):
        quote = await with_mark(admin, name, content)
        answer = await admin.call("GET", f"/prints/quote/{quote['id']}")
        assert answer.status_code == 200, answer.text
        assert (b"/Subtype/Image" in answer.content) == shown


async def test_a_mark_is_read_over_the_connection_of_the_print(api: Api, admin: Person, targets):
    """Not over one of the printer's own: a runtime of this process that is closed since may have made the printer."""
    quote = await with_mark(admin, "logo.jpg", picture())
    other = await open_runtime(api.runtime.settings, targets)
    await other.close()
    answer = await admin.call("GET", f"/prints/quote/{quote['id']}")
    assert answer.status_code == 200, answer.text
    assert b"/Subtype/Image" in answer.content


def test_a_mark_that_would_unpack_to_too_much_is_no_mark() -> None:
    buffer = io.BytesIO()
    Image.new("1", (9_000, 9_000)).save(buffer, "PNG")
    assert len(buffer.getvalue()) < 100_000
    assert _picture(buffer.getvalue()) is None
