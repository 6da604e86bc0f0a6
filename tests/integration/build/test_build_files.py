"""Files: taken for one field, held by a record, given to whoever may read it, and never run in a browser."""

import io
from typing import Any

import pytest
from PIL import Image

from banyan.files.facade import sweep_loose
from factories.api import Api, Person, unique

pytestmark = pytest.mark.anyio


def field(name: str, kind: str, **config: Any) -> dict[str, Any]:
    return {"api_name": name, "type": kind, "label": {"en": name}, "config": config}


def picture(size: tuple[int, int] = (640, 480), form: str = "PNG") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(target, form)
    return target.getvalue()


@pytest.fixture(scope="module")
async def thing(admin: Person) -> str:
    name = f"thing{unique('')}"
    fields = [
        field("papers", "file", most=2, max_mb=1, accept=["pdf", "txt", "svg"]),
        field("photos", "image"),
        field("other", "file"),
        field("signed", "signature"),
    ]
    await admin.change({"kind": "create_object", "api_name": name, "label": {"en": name}, "fields": fields})
    return name


async def send(person: Person, obj: str, name: str, file: str, data: bytes) -> Any:
    fields = (await person.ok("GET", f"/metadata/objects/{obj}"))["fields"]
    key = next(each["id"] for each in fields if each["api_name"] == name)
    return await person.call("POST", "/files", data={"field": key}, files={"file": (file, data)})


async def test_a_file_is_sent_named_and_read_back(admin: Person, thing: str):
    paper = (await send(admin, thing, "papers", "合同 “A”.pdf", b"%PDF-1.7 hello")).json()
    photo = (await send(admin, thing, "photos", "x.png", picture())).json()
    assert (paper["type"], photo["type"]) == ("application/pdf", "image/png")
    values = {"name": "x", "papers": [paper["id"]], "photos": [{"id": photo["id"]}]}
    made = await admin.ok("POST", f"/records/{thing}", values)
    record = await admin.ok("GET", f"/records/{thing}/{made['id']}")
    assert record["papers"] == [paper]
    answer = await admin.call("GET", f"/files/{paper['id']}")
    assert answer.content == b"%PDF-1.7 hello"
    assert "sandbox" in answer.headers["content-security-policy"]
    small = await admin.call("GET", f"/files/{photo['id']}/thumbnail")
    assert max(Image.open(io.BytesIO(small.content)).size) == 320
    await admin.ok("PATCH", f"/records/{thing}/{made['id']}", {"version": 1, "papers": None})
    await admin.refused("GET", f"/files/{paper['id']}", 404, "unknown_file")


async def test_what_could_run_in_a_browser_is_saved_to_disk(admin: Person, thing: str):
    script = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    kept = (await send(admin, thing, "papers", "x.svg", script)).json()
    await admin.ok("POST", f"/records/{thing}", {"name": "x", "papers": [kept["id"]]})
    answer = await admin.call("GET", f"/files/{kept['id']}")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    refused = await send(admin, thing, "photos", "x.png", script)
    assert refused.json()["code"] == "not_picture"


async def test_limits_of_size_kind_number_and_points(admin: Person, thing: str):
    assert (await send(admin, thing, "papers", "x.exe", b"MZ")).json()["code"] == "file_kind"
    assert (await send(admin, thing, "papers", "x.txt", b"x" * (1024 * 1024 + 1))).status_code == 413
    assert (await send(admin, thing, "papers", "x.txt", b"")).json()["code"] == "upload_empty"
    assert (await send(admin, thing, "photos", "x.png", picture((9000, 9000)))).json()[
        "code"
    ] == "picture_too_large"
    assert (await send(admin, thing, "photos", "x.png", picture()[:200])).status_code == 422
    ids = [(await send(admin, thing, "papers", f"{n}.txt", b"x")).json()["id"] for n in range(3)]
    refused = await admin.refused("POST", f"/records/{thing}", 422, json={"name": "x", "papers": ids})
    assert refused["errors"][0]["code"] == "too_many_files"
    assert (await send(admin, thing, "papers", "../../etc/passwd.txt", b"x")).json()["name"] == "passwd.txt"


async def test_nobody_names_or_reads_a_file_that_is_not_theirs(admin: Person, member: Person, thing: str):
    mine = (await send(admin, thing, "papers", "x.txt", b"secret")).json()
    await member.refused("GET", f"/files/{mine['id']}", 404, "unknown_file")
    made = await admin.ok("POST", f"/records/{thing}", {"name": "x", "papers": [mine["id"]]})
    await member.refused("GET", f"/files/{mine['id']}", 404, "unknown_file")
    again = await admin.refused("POST", f"/records/{thing}", 422, json={"name": "y", "papers": [mine["id"]]})
    assert again["errors"][0]["code"] == "unknown_file"
    loose = (await send(admin, thing, "papers", "y.txt", b"x")).json()
    body = {"version": 1, "other": [loose["id"]]}
    wrong = await admin.refused("PATCH", f"/records/{thing}/{made['id']}", 422, json=body)
    assert wrong["errors"][0]["code"] == "unknown_file"
    theirs = (await send(member, thing, "papers", "x.txt", b"x")).json()
    taken = await admin.refused(
        "POST", f"/records/{thing}", 422, json={"name": "z", "papers": [theirs["id"]]}
    )
    assert taken["errors"][0]["code"] == "unknown_file"


async def test_what_nobody_names_goes_after_a_day(admin: Person, api: Api, thing: str):
    loose = (await send(admin, thing, "papers", "x.txt", b"x")).json()
    held = (await send(admin, thing, "papers", "x.txt", b"x")).json()
    await admin.ok("POST", f"/records/{thing}", {"name": "x", "papers": [held["id"]]})
    async with api.runtime.database.transaction() as connection:
        await connection.execute("UPDATE ws_main.file SET created_at = now() - interval '2 days'")
        assert await sweep_loose(connection, "ws_main") >= 1
    await admin.refused("GET", f"/files/{loose['id']}", 404)
    assert (await admin.call("GET", f"/files/{held['id']}")).content == b"x"


async def test_one_file_belongs_to_one_record_even_of_one_request(admin: Person, thing: str):
    kept = (await send(admin, thing, "papers", "x.txt", b"x")).json()
    operations = [{"op": "create", "values": {"name": name, "papers": [kept["id"]]}} for name in ("a", "b")]
    answer = await admin.call("POST", f"/records/{thing}/batch", json={"operations": operations})
    assert answer.status_code == 422, answer.text
    assert "unknown_file" in answer.text
