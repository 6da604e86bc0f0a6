"""A customer answers a quote through its link: without a session, once, with evidence."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest
import sqlalchemy as sa

from banyan.db.statements import run
from banyan.quoting.expiring import Expiry
from banyan.quoting.tables import quoting_tables
from factories.api import MAIN_SCHEMA, Api, Person, unique

Document = dict[str, Any]


def picture(width: int, height: int) -> bytes:
    """A PNG as far as its head goes."""
    head = width.to_bytes(4) + height.to_bytes(4)
    return b"\x89PNG\r\n\x1a\n" + b"\0\0\0\x0dIHDR" + head + b"\0" * 64


PNG = picture(600, 200)
DRAWING = "data:image/png;base64," + base64.b64encode(PNG).decode()


@pytest.fixture(autouse=True)
async def public(api: Api, admin: Person) -> AsyncIterator[None]:
    """Links are on; tries from other tests do not count."""
    await api.forget_attempts()
    await switch(admin, on=True)
    yield
    await switch(admin, on=False)


async def switch(admin: Person, *, on: bool) -> None:
    known = await admin.ok("GET", "/settings/quoting")
    await admin.ok("PUT", "/settings/quoting", {**known, "public_links": on})


async def linked(person: Person, quote: Any) -> tuple[Document, str]:
    made = await quote(person)
    found = await person.ok("POST", f"/quotes/{made['id']}/send", {"version": made["version"]})
    body = {"version": found["document"]["version"]}
    told = await person.ok("POST", f"/quotes/{made['id']}/link", body)
    assert datetime.fromisoformat(told["expires_at"]) > datetime.now(UTC)
    return found["document"], f"/api/v1/public/quotes/{told['url'].rpartition('/')[2]}"


async def test_a_customer_accepts_what_was_sent(api: Api, member: Person, quote: Any) -> None:
    found, path = await linked(member, quote)
    async with api.client() as client:
        shown = (await client.get(path)).json()
        assert shown["quote"]["name"] == found["name"]
        assert "largest_discount" not in str(shown)
        pdf = await client.get(f"{path}/pdf")
        assert pdf.status_code == 200
        assert pdf.content.startswith(b"%PDF")
        body = {"name": "李雷", "title": "采购经理", "signature": DRAWING}
        assert (await client.post(f"{path}/accept", json=body)).status_code == 204
        again = await client.post(f"{path}/accept", json=body)
        assert (again.status_code, again.json()["code"]) == (410, "quote_answered")
        assert (await client.get(path)).status_code == 410
    now = await member.ok("GET", f"/records/quote/{found['id']}")
    assert (now["status"], now["answered_by"]) == ("accepted", "李雷")
    evidence = await member.ok("GET", f"/quotes/{found['id']}/evidence")
    assert evidence["sha256"] == hashlib.sha256(pdf.content).hexdigest()
    assert (evidence["name"], evidence["title"], evidence["signature"]) == ("李雷", "采购经理", DRAWING)
    assert evidence["by_link"] is True
    assert evidence["address"]


async def test_of_two_answers_at_once_one_counts(api: Api, member: Person, quote: Any) -> None:
    found, path = await linked(member, quote)
    async with api.client() as client:
        calls = [
            client.post(f"{path}/{what}", json={"name": what}) for what in ("accept", "decline", "accept")
        ]
        answers = await asyncio.gather(*calls)
    assert sorted(answer.status_code for answer in answers) == [204, 410, 410]
    told = next(answer for answer in answers if answer.status_code == 204).request.url.path.rpartition("/")[2]
    evidence = await member.ok("GET", f"/quotes/{found['id']}/evidence")
    assert evidence["answer"] == {"accept": "accepted", "decline": "declined"}[told]


async def test_an_old_version_a_second_link_and_a_past_day_answer_no_more(
    api: Api, member: Person, quote: Any
) -> None:
    found, first = await linked(member, quote)
    body = {"version": found["version"]}
    second = await member.ok("POST", f"/quotes/{found['id']}/link", body)
    path = f"/api/v1/public/quotes/{second['url'].rpartition('/')[2]}"
    made = await member.ok("POST", f"/quotes/{found['id']}/versions", body)
    draft = await member.ok("GET", f"/records/quote/{made['id']}")
    async with api.client() as client:
        assert (await refused(client, first)) == "link_ended"
        assert (await client.get(path)).status_code == 200
        await member.ok("POST", f"/quotes/{made['id']}/send", {"version": draft["version"]})
        assert (await refused(client, path)) == "quote_superseded"
        answer = await client.post(f"{path}/accept", json={"name": "x"})
        assert answer.status_code == 410
        third, over = await linked(member, quote)
        expiry = Expiry(api.runtime.database, api.runtime.bus)
        await expiry.work(MAIN_SCHEMA, datetime.now(UTC) + timedelta(days=90))
        assert (await refused(client, over)) == "quote_expired"
        assert third["id"] != found["id"]


async def refused(client: httpx.AsyncClient, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 410, answer.text
    return str(answer.json()["code"])


async def test_unknown_tokens_are_counted_against_their_address(api: Api) -> None:
    async with api.client() as client:
        codes = [(await client.get(f"/api/v1/public/quotes/{unique('no')}")).status_code for _ in range(10)]
    assert codes[0] == 404
    assert codes[-1] == 429


async def test_links_are_off_until_somebody_says_otherwise(
    api: Api, admin: Person, member: Person, quote: Any
) -> None:
    found, path = await linked(member, quote)
    await switch(admin, on=False)
    body = {"version": found["version"]}
    await member.refused("POST", f"/quotes/{found['id']}/link", 409, "public_links_off", json=body)
    async with api.client() as client:
        assert (await refused(client, path)) == "link_ended"
    await member.refused("PUT", "/settings/quoting", 403, json=await admin.ok("GET", "/settings/quoting"))


async def test_what_is_no_drawing_is_refused(api: Api, member: Person, quote: Any) -> None:
    found, path = await linked(member, quote)
    async with api.client() as client:
        bomb = "data:image/png;base64," + base64.b64encode(picture(60_000, 60_000)).decode()
        svg = "data:image/svg+xml;base64,PHN2Zz4="
        for bad in (svg, "data:image/png;base64,PHN2Zz4=", bomb, "x" * 300_001):
            answer = await client.post(f"{path}/accept", json={"name": "x", "signature": bad})
            assert answer.status_code == 422, answer.text
        assert (await client.post(f"{path}/accept", json={"name": "  "})).status_code == 422
    assert (await member.ok("GET", f"/records/quote/{found['id']}"))["status"] == "sent"


async def test_evidence_is_added_to_and_nothing_else(api: Api) -> None:
    tables = quoting_tables(MAIN_SCHEMA)
    for table in (tables.acceptance, tables.sent):
        for statement in (sa.update(table).values(quote_id=sa.null()), sa.delete(table)):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                async with api.runtime.database.transaction() as connection:
                    await run(connection, statement)
