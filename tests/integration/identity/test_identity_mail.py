"""Outgoing mail against a real SMTP server: invitations, forgotten passwords, alerts; nothing tells who exists."""

import dataclasses
import re
from collections.abc import AsyncIterator

import pyotp
import pytest

from banyan.egress import fetch
from banyan.egress.client import is_public
from banyan.kernel.errors import InvalidInput, Unavailable
from banyan.notifications.letters import Letter, compose
from factories.api import PASSWORD, Api, Document, Person, unique
from factories.mailbox import SECRET, USER, Mailbox, serve_mail

pytestmark = pytest.mark.anyio
PUBLIC = "https://crm.example.com"


@pytest.fixture(autouse=True)
async def fresh(api: Api):
    await api.forget_attempts()


@pytest.fixture
async def mailbox(api: Api) -> AsyncIterator[Mailbox]:
    """A mail server that the workspace uses, and a public address."""
    before = api.runtime.settings
    api.runtime.settings = dataclasses.replace(before, public_url=PUBLIC)
    async with serve_mail() as box:
        await api.administrator.ok("PUT", "/security/mail", settings(box))
        yield box
    await api.administrator.ok("DELETE", "/security/mail")
    api.runtime.settings = before


async def a_person(api: Api) -> Person:
    """Somebody who was invited before mail was set up."""
    before = api.runtime.settings
    api.runtime.settings = dataclasses.replace(before, public_url=None)
    person = await api.person()
    api.runtime.settings = before
    await api.run_jobs()
    return person


def settings(box: Mailbox, **more: object) -> Document:
    return {
        "host": "127.0.0.1",
        "port": box.port,
        "security": "none",
        "from_address": "crm@example.com",
        "from_name": "榕 CRM",
        "allow_private": True,
        **more,
    }


def link_in(text: str) -> str:
    found = re.search(r"https://crm\.example\.com/set-password\?token=(\S+)", text)
    assert found, text
    return found.group(1)


async def test_an_invitation_goes_by_mail_and_its_link_is_not_shown(api: Api, mailbox: Mailbox):
    email = f"{unique('p')}@example.com"
    record = await api.administrator.create("user", name="<b>Eve</b>", email=email)
    answer = await api.administrator.ok("POST", f"/users/{record['id']}/access", {"roles": ["member"]})
    assert (answer["link"], answer["mailed"]) == (None, True)
    assert mailbox.messages == []
    await api.run_jobs()
    message = mailbox.messages[-1]
    assert message["To"] == email
    assert "crm@example.com" in message["From"]
    html = message.get_body(("html",))
    assert html is not None
    assert "&lt;b&gt;Eve&lt;/b&gt;" in html.get_content()
    body = {"token": link_in(mailbox.text()), "password": PASSWORD}
    async with api.client() as client:
        assert (await client.post("/api/v1/set-password", json=body)).status_code == 204
        assert (await client.post("/api/v1/set-password", json=body)).json()["code"] == "link_spent"
    await api.sign_in(email)


async def test_without_mail_the_administrator_gets_the_link(api: Api):
    record = await api.administrator.create("user", name="Ann", email=f"{unique('p')}@example.com")
    answer = await api.administrator.ok("POST", f"/users/{record['id']}/access", {"roles": ["member"]})
    assert answer["link"].startswith("/set-password?token=")
    assert answer["mailed"] is False


async def test_a_forgotten_password_is_reset_by_mail_and_unknown_names_get_the_same_answer(
    api: Api, mailbox: Mailbox
):
    person = await a_person(api)
    async with api.client() as client:
        answers = [
            await client.post(
                "/api/v1/password-reset", json={"email": email}, headers={"host": "evil.example"}
            )
            for email in (person.user["email"], f"{unique('nobody')}@example.com", "not an address")
        ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(202, answers[0].content)}
    await api.run_jobs()
    assert [message["To"] for message in mailbox.messages] == [person.user["email"]]
    assert "evil" not in mailbox.text()
    await api.administrator.ok("GET", "/sessions/current")
    body = {"token": link_in(mailbox.text()), "password": "an entirely new phrase"}
    async with api.client() as client:
        assert (await client.post("/api/v1/set-password", json=body)).status_code == 204
    await person.refused("GET", "/sessions/current", 401)
    await api.sign_in(person.user["email"], "an entirely new phrase")


async def test_powers_are_not_reset_by_mail_without_a_second_factor(api: Api, mailbox: Mailbox):
    person = await a_person(api)
    await api.administrator.ok("POST", f"/users/{person.id}/access", {"roles": ["administrator"]})
    await api.run_jobs()
    mailbox.messages.clear()
    email = {"email": person.user["email"]}
    async with api.client() as client:
        assert (await client.post("/api/v1/password-reset", json=email)).status_code == 202
        await api.run_jobs()
        assert mailbox.messages == []
        begun = await person.ok("POST", "/account/totp", {"password": PASSWORD})
        code = {"code": pyotp.TOTP(begun["secret"]).now()}
        await person.ok("POST", "/account/totp/confirm", code)
        await api.run_jobs()
        mailbox.messages.clear()
        await client.post("/api/v1/password-reset", json=email)
    await api.run_jobs()
    assert [message["To"] for message in mailbox.messages] == [person.user["email"]]


async def test_a_mailbox_is_not_flooded_and_disabled_people_get_nothing(api: Api, mailbox: Mailbox):
    person, gone = await a_person(api), await a_person(api)
    await api.administrator.ok("DELETE", f"/users/{gone.id}/access")
    async with api.client() as client:
        for email in (person.user["email"], person.user["email"], gone.user["email"]):
            await client.post("/api/v1/password-reset", json={"email": email})
    await api.run_jobs()
    assert [message["To"] for message in mailbox.messages] == [person.user["email"]]


async def test_a_strange_device_is_told_of_and_a_known_one_is_not(api: Api, mailbox: Mailbox):
    person = await a_person(api)
    mailbox.messages.clear()
    body = {"email": person.user["email"], "password": PASSWORD}
    async with api.client() as familiar:
        assert (await familiar.post("/api/v1/sessions", json=body)).status_code == 201
        familiar.headers["user-agent"] = "an update of the same browser"
        assert (await familiar.post("/api/v1/sessions", json=body)).status_code == 201
    await api.run_jobs()
    assert mailbox.messages == []
    async with api.client() as strange:
        strange.headers["user-agent"] = "Strange Browser"
        assert (await strange.post("/api/v1/sessions", json=body)).status_code == 201
    await api.run_jobs()
    assert "Strange Browser" in mailbox.text()


async def test_the_password_of_the_server_is_never_read_back_nor_sent_elsewhere(api: Api, mailbox: Mailbox):
    admin = api.administrator
    await admin.ok("PUT", "/security/mail", settings(mailbox, username=USER, password=SECRET))
    await admin.ok("POST", "/security/mail/test")
    assert mailbox.logins == [(USER, SECRET)]
    shown = await admin.ok("GET", "/security/mail")
    assert shown["mail"]["has_password"] is True
    assert SECRET not in str(shown)
    await admin.ok("PUT", "/security/mail", settings(mailbox, username=USER, from_name="Other"))
    await admin.ok("POST", "/security/mail/test")
    assert mailbox.logins[-1] == (USER, SECRET)
    async with serve_mail() as thief:
        await admin.ok("PUT", "/security/mail", settings(thief, username=USER))
        await admin.call("POST", "/security/mail/test")
        assert (USER, SECRET) not in thief.logins


async def test_a_refusing_server_says_why_and_an_inner_address_must_be_allowed(api: Api, mailbox: Mailbox):
    admin = api.administrator
    await admin.ok("PUT", "/security/mail", settings(mailbox, username=USER, password="wrong"))
    refused = await admin.refused("POST", "/security/mail/test", 503, "mail_refused")
    assert "535" in refused["title"] or "Authentication" in refused["title"]
    await admin.ok("PUT", "/security/mail", settings(mailbox, allow_private=False))
    await admin.refused("POST", "/security/mail/test", 422, "remote_private")
    await admin.ok("PUT", "/security/mail", settings(mailbox, security="starttls"))
    await admin.refused("POST", "/security/mail/test", 503, "mail_refused")


async def test_a_waiting_letter_shows_no_link_to_whoever_reads_the_queue(api: Api, mailbox: Mailbox):
    record = await api.administrator.create("user", name="Ann", email=f"{unique('p')}@example.com")
    await api.administrator.ok("POST", f"/users/{record['id']}/access", {"roles": ["member"]})
    (waiting,) = api.runtime.queue.waiting
    assert "token=" not in str(waiting.payload)
    assert "example.com" not in str(waiting.payload)
    await api.run_jobs()


def test_values_make_no_headers_and_no_markup():
    values = {"organisation": "A\r\nBcc: x@y.z", "at": "now", "address": "<script>", "client": "{link}"}
    message = compose(Letter("new_sign_in", "a@b.cn", "en", values), "crm@example.com", "Banyan")
    assert message["Bcc"] is None
    html = message.get_body(("html",))
    assert html is not None
    assert "<script>" not in html.get_content()
    assert "{link}" in html.get_content()


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1",  # noqa: S104 - an address to refuse
     "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "224.0.0.1", "255.255.255.255"],
)  # fmt: skip
def test_inner_addresses_are_told(address: str):
    assert not is_public(address)


def test_public_addresses_pass():
    assert is_public("1.1.1.1")
    assert is_public("2606:4700::1111")


async def test_the_way_out_refuses_other_schemes_and_inner_hosts():
    for url in ("http://example.com/", "file:///etc/passwd", "ftp://example.com/", "https:///x"):
        with pytest.raises(InvalidInput, match="remote_scheme"):
            await fetch("GET", url)
    for url in (
        "https://localhost/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://0x7f.1/",
        "https://2130706433/",
    ):
        with pytest.raises((InvalidInput, Unavailable), match=r"remote_private|remote_unreachable"):
            await fetch("GET", url)


async def test_mail_settings_are_checked(api: Api, member: Person):
    for wrong in ({"host": "a b"}, {"from_address": "x"}, {"from_name": "a\nb"}, {"port": 0}, {"secrets": 1}):
        body = {"host": "mail.example.com", "from_address": "a@b.cn", **wrong}
        await api.administrator.refused("PUT", "/security/mail", 422, json=body)
    await member.refused("PUT", "/security/mail", 403, json={"host": "a.b", "from_address": "a@b.cn"})
