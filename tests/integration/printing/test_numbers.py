"""Numbers of documents: in sequence, none twice, none left out, whoever writes at once and whatever is refused."""

import asyncio
import contextlib
import io
from typing import Any
from uuid import UUID

import pytest

from banyan.access.facade import load_policy
from banyan.kernel.actor import Actor
from banyan.metadata.store import load_catalog
from banyan.records.commands import Commands
from banyan.records.session import Session
from factories.api import MAIN_SCHEMA, Api, Person, unique

pytestmark = pytest.mark.anyio


def numbered(pattern: str) -> dict[str, Any]:
    return {
        "api_name": "number",
        "type": "autonumber",
        "label": {"en": "No."},
        "config": {"pattern": pattern},
    }


@pytest.fixture(scope="module")
async def slips(admin: Person) -> str:
    """An object with numbers that carry the code of a company."""
    name = unique("slip_")
    inverse = {"target": "company", "inverse_label": {"en": "Slips", "zh-CN": "单"}}
    await admin.change(
        {
            "kind": "create_object",
            "api_name": name,
            "label": {"en": "Slip"},
            "fields": [
                {
                    "api_name": "name",
                    "type": "text",
                    "label": {"en": "Name"},
                    "required": True,
                    "unique": True,
                },
                {"api_name": "company", "type": "relation", "label": {"en": "Company"}, "config": inverse},
                numbered("S{company}-{YYYY}-{0000}"),
            ],
        }
    )
    return name


async def company(admin: Person, code: str | None = None) -> dict[str, Any]:
    return await admin.create("company", name=unique("Company "), code=code)


def counted(numbers: list[str]) -> list[int]:
    return sorted(int(number.rpartition("-")[2]) for number in numbers)


async def test_each_company_counts_for_itself_and_none_without_a_code(admin: Person, slips: str):
    shanghai, plain = await company(admin, "SH"), await company(admin)
    made = [
        await admin.create(slips, name=unique("s"), company=where)
        for where in (shanghai["id"], None, shanghai["id"], plain["id"])
    ]
    heads = [record["number"].rpartition("-") for record in made]
    year = made[0]["number"].split("-")[1]
    assert [head[0] for head in heads] == [f"SSH-{year}", f"S{year}", f"SSH-{year}", f"S{year}"]
    places = [int(head[2]) for head in heads]
    assert places[0] + 1 == places[2] == 2
    assert places[1] + 1 == places[3]


async def test_nothing_is_left_out_or_given_twice_by_many_at_once_with_refusals(admin: Person, slips: str):
    code = unique("Q")[:8].upper()
    where, taken = await company(admin, code), unique("taken")
    await admin.create(slips, name=taken, company=where["id"])

    async def write(index: int) -> str | None:
        # Every third is refused after its number was taken: the name is another's.
        name = taken if index % 3 == 0 else unique("s")
        answer = await admin.call("POST", f"/records/{slips}", json={"name": name, "company": where["id"]})
        if index % 3 == 0:
            assert answer.status_code == 409, answer.text
            return None
        assert answer.status_code == 201, answer.text
        return str(answer.json()["number"])

    found = [number for number in await asyncio.gather(*(write(index) for index in range(60))) if number]
    assert counted(found) == list(range(2, 42))
    after = await admin.create(slips, name=unique("s"), company=where["id"])
    assert counted([after["number"]]) == [42]


@pytest.fixture(scope="module")
async def loose(admin: Person) -> str:
    """An object whose numbers may leave gaps."""
    name = unique("loose_")
    number = numbered("N-{000}")
    number["config"]["gap_free"] = False
    label = {"type": "text", "label": {"en": "Name"}, "required": True}
    fields = [{"api_name": "name", **label}, number]
    await admin.change(
        {"kind": "create_object", "api_name": name, "label": {"en": "Loose"}, "fields": fields}
    )
    return name


async def test_where_gaps_are_no_harm_nobody_waits_for_a_number(api: Api, admin: Person, loose: str):
    name = loose
    held, done = asyncio.Event(), asyncio.Event()

    async def refused() -> None:
        """Takes a number and rolls back, long after others have taken theirs."""
        actor = Actor(UUID(admin.id), MAIN_SCHEMA)
        async with api.runtime.database.reader() as connection:
            catalog = await load_catalog(connection, MAIN_SCHEMA)
            session = Session(actor, await load_policy(connection, actor), catalog)
        with contextlib.suppress(ZeroDivisionError):
            async with api.runtime.database.transaction() as connection:
                commands = Commands(connection, session, api.runtime.bus)
                await commands.create(session.catalog.object(name), [{"name": "never"}])
                held.set()
                await done.wait()
                raise ZeroDivisionError

    waiting = asyncio.create_task(refused())
    await held.wait()
    made = await asyncio.gather(*(admin.create(name, name=unique("l")) for _ in range(5)))
    done.set()
    await waiting
    last = await admin.create(name, name=unique("l"))
    numbers = counted([each["number"] for each in (*made, last)])
    # The number that was taken and given up is missing, and no other.
    assert numbers == list(range(numbers[0], numbers[0] + 6))


async def test_a_number_outlives_the_connection_that_gave_the_last(api: Api, admin: Person, loose: str):
    first = await admin.create(loose, name=unique("l"))
    async with api.runtime.database.reader() as connection:
        ended = await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '% apart'"
        )
        assert len(await ended.fetchall()) > 0
    second = await admin.create(loose, name=unique("l"))
    assert counted([second["number"]])[0] > counted([first["number"]])[0]


@pytest.mark.parametrize("kind", ["slips", "loose"])
async def test_a_load_that_is_only_tried_takes_no_number(
    api: Api, admin: Person, slips: str, loose: str, kind: str
):
    name = {"slips": slips, "loose": loose}[kind]
    # A rule has the load tried, in the preview and once more before it runs.
    await admin.change(
        {
            "kind": "update_object",
            "object": name,
            "set": {"rules": [{"key": "never", "error_when": 'name = "x"', "message": {"en": "No x"}}]},
        }
    )
    before = counted([(await admin.create(name, name=unique("b")))["number"]])[0]
    lines = "\n".join(unique("t") for _ in range(7))
    file = {"file": ("t.csv", io.BytesIO(f"Name\n{lines}\n".encode()), "text/csv")}
    job = await admin.ok("POST", "/imports", files=file, data={"object": name})
    await admin.ok("POST", f"/imports/{job['id']}/run")
    await api.run_jobs()
    assert (await admin.ok("GET", f"/imports/{job['id']}"))["state"] == "done"
    after = counted([(await admin.create(name, name=unique("a")))["number"]])[0]
    assert after == before + 8


async def test_a_load_counts_by_company_too(api: Api, admin: Person, slips: str):
    first, second = unique("A")[:8].upper(), unique("B")[:8].upper()
    one, two = await company(admin, first), await company(admin, second)
    await admin.create(slips, name=unique("s"), company=one["id"])
    names = [one["name"], two["name"], "", one["name"]]
    lines = "\n".join(f"{unique('l')},{name}" for name in names)
    file = {"file": ("slips.csv", io.BytesIO(f"Name,Company\n{lines}\n".encode()), "text/csv")}
    job = await admin.ok("POST", "/imports", files=file, data={"object": slips})
    await admin.ok("POST", f"/imports/{job['id']}/run")
    await api.run_jobs()
    assert (await admin.ok("GET", f"/imports/{job['id']}"))["state"] == "done"
    page = await admin.page(slips, select=["name", "number", "company"], where=None, limit=200)
    mine = {
        record["number"]
        for record in page["records"]
        if record["company"] and record["company"]["id"] in (one["id"], two["id"])
    }
    year = next(iter(mine)).split("-")[1]
    assert mine == {
        f"S{first}-{year}-0001",
        f"S{first}-{year}-0002",
        f"S{first}-{year}-0003",
        f"S{second}-{year}-0001",
    }


@pytest.mark.parametrize(
    "pattern", ["{company}{0000}", "{0000}{company}", "{company}-{company}-{0000}", "{firm}-{0000}"]
)
async def test_a_pattern_that_could_repeat_itself_is_refused(admin: Person, pattern: str):
    name = {"api_name": "name", "type": "text", "label": {"en": "Name"}}
    fields = [name, numbered(pattern)]
    operation = {"kind": "create_object", "api_name": unique("n_"), "label": {"en": "N"}, "fields": fields}
    told = await admin.refused("POST", "/metadata/changes", 422, json={"operations": [operation]})
    assert "pattern" in str(told["errors"])
