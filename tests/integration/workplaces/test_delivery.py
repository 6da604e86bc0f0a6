"""What goes by mail: at once, in the digest, never; tasks told once when they come due."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest
import sqlalchemy as sa

from banyan.db import control
from banyan.db.statements import run
from banyan.jobs import MemoryJobQueue
from banyan.notifications import mail
from banyan.notifications.delivery import Delivery, _Space
from banyan.notifications.tables import notification_tables
from factories.api import MAIN_SCHEMA, Api, Person, unique

pytestmark = pytest.mark.anyio
SERVER = {"host": "mail.example.com", "from_address": "crm@example.com"}


@pytest.fixture
async def delivery(api: Api):
    """The worker's round on a queue of its own, with mail set up; its letters are read, not sent."""
    runtime = api.runtime
    async with runtime.database.transaction() as connection:
        wanted = mail.MailSettings.model_validate(SERVER)
        await mail.change_settings(connection, MAIN_SCHEMA, runtime.vault, wanted, None)
    yield Delivery(runtime.database, MemoryJobQueue(), runtime.vault, "https://crm.example.com")
    async with runtime.database.transaction() as connection:
        await mail.remove_settings(connection, MAIN_SCHEMA)


def posted(api: Api, delivery: Delivery, person: Person) -> list[dict]:
    """Letters to one person, oldest first."""
    waiting = delivery._queue.waiting
    letters = [orjson.loads(api.runtime.vault.open("letter", job.payload["letter"])) for job in waiting]
    return [letter for letter in letters if letter["to"] == person.user["email"]]


async def look(api: Api, delivery: Delivery, moment: datetime) -> None:
    async with api.runtime.database.reader() as connection:
        rows = await control.read_all(connection)
    main = next(row for row in rows if row.schema_name == MAIN_SCHEMA)
    await delivery.letters(_Space(main.key, main.name, MAIN_SCHEMA), moment)


def shortly() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=2)


async def test_a_mention_goes_at_once_and_once(api: Api, admin: Person, delivery: Delivery):
    seller = await api.person()
    account = await seller.create("account", name=unique("Letters"))
    body = {"body": f"@[S]({seller.id}) please <b>look</b>"}
    await admin.ok("POST", f"/records/account/{account['id']}/comments", body)
    await look(api, delivery, datetime.now(UTC))
    assert posted(api, delivery, seller) == []  # whoever reads it at once needs no letter
    await look(api, delivery, shortly())
    await look(api, delivery, shortly())
    (letter,) = posted(api, delivery, seller)
    assert letter["template"] == "notification"
    assert account["name"] in letter["values"]["lines"]
    assert letter["values"]["link"] == "https://crm.example.com/inbox"


async def test_what_one_may_not_see_any_more_is_in_no_letter(api: Api, admin: Person, delivery: Delivery):
    seller = await api.person()
    account = await seller.create("account", name=unique("Secret"))
    await admin.ok("POST", f"/records/account/{account['id']}/comments", {"body": f"@[S]({seller.id}) hi"})
    await admin.ok("PATCH", f"/records/account/{account['id']}", {"owner": admin.id, "version": 1})
    await look(api, delivery, shortly())
    assert posted(api, delivery, seller) == []


async def test_the_digest_comes_once_a_day_at_its_hour(api: Api, admin: Person, delivery: Delivery):
    seller = await api.person()
    choice = {"kinds": {"mention": {"inbox": True, "mail": "digest"}}, "digest": "daily", "digest_hour": 23}
    await seller.ok("PUT", "/inbox/preferences", choice)
    account = await seller.create("account", name=unique("A"))
    path = f"/records/account/{account['id']}/comments"
    await admin.ok("POST", path, {"body": f"@[S]({seller.id}) one"})
    await admin.ok("POST", path, {"body": f"@[S]({seller.id}) two"})
    day = shortly().replace(hour=3, minute=0) + timedelta(days=1)  # 11:00 in Shanghai
    await look(api, delivery, day)
    assert posted(api, delivery, seller) == []
    evening = day.replace(hour=15, minute=30)  # 23:30
    await look(api, delivery, evening)
    await look(api, delivery, evening)
    (letter,) = posted(api, delivery, seller)
    assert letter["template"] == "digest"
    assert letter["values"]["count"] == "2"


async def test_a_task_that_comes_due_is_told_once(api: Api, delivery: Delivery):
    seller = await api.person()
    now = datetime.now(UTC)
    await delivery.tasks(MAIN_SCHEMA, now)
    due = (now + timedelta(minutes=5)).isoformat()
    task = await seller.create("activity", title=unique("call back"), kind="task", due_at=due)
    await seller.create("activity", title="done", kind="task", due_at=due, done=True)
    await delivery.tasks(MAIN_SCHEMA, now + timedelta(minutes=4))
    assert (await seller.ok("GET", "/inbox"))["items"] == []
    for _ in range(2):
        await delivery.tasks(MAIN_SCHEMA, now + timedelta(minutes=6))
    (item,) = (await seller.ok("GET", "/inbox"))["items"]
    assert (item["kind"], item["record"]["id"]) == ("task_due", task["id"])


async def test_without_a_way_to_write_nothing_is_looked_at_for_ever(
    api: Api, admin: Person, delivery: Delivery
):
    seller = await api.person()
    await seller.ok("PUT", "/inbox/preferences", {"kinds": {"mention": {"mail": "off"}}})
    account = await seller.create("account", name=unique("A"))
    await admin.ok("POST", f"/records/account/{account['id']}/comments", {"body": f"@[S]({seller.id}) hi"})
    await look(api, delivery, shortly())
    table = notification_tables(MAIN_SCHEMA).notification
    asked = sa.select(table.c.mailed_at).where(table.c.user_id == seller.id)
    async with api.runtime.database.reader() as connection:
        rows = await (await run(connection, asked)).fetchall()
    assert rows
    assert all(row[0] is not None for row in rows)


async def test_a_share_is_told_to_whom_it_is_for(api: Api, admin: Person):
    seller = await api.person()
    account = await admin.create("account", name=unique("Shared"))
    body = {"principals": [f"user:{seller.id}"], "access": "read"}
    answer = await admin.call("POST", f"/records/account/{account['id']}/shares", json=body)
    assert answer.status_code == 204, answer.text
    (item,) = (await seller.ok("GET", "/inbox"))["items"]
    assert (item["kind"], item["record"]["label"]) == ("shared", account["name"])
