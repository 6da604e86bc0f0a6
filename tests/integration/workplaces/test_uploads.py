"""Large files: in pieces that go on where they broke off; in the database, a folder or a bucket."""

import asyncio
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from banyan.db.statements import run
from banyan.files import uploads
from banyan.files.facade import Sweeper
from banyan.files.stores import open_stores
from banyan.kernel.settings import FileStorage
from factories.api import MAIN_SCHEMA, Api, Person, unique
from factories.bucket import ACCESS_KEY, Bucket, bucket

pytestmark = pytest.mark.anyio
MB = 1024 * 1024


@pytest.fixture(scope="module")
async def papers(api: Api) -> str:
    """A field for large files on accounts; its id."""
    name = f"papers_{unique('')}"[:30]
    config = {"most": 5, "max_mb": 40, "accept": ["bin", "svg"]}
    field = {"api_name": name, "type": "file", "label": {"en": name}, "config": config}
    await api.administrator.change({"kind": "add_field", "object": "account", "field": field})
    catalog = await api.administrator.catalog()
    account = next(each for each in catalog["objects"] if each["api_name"] == "account")
    return next(each["id"] for each in account["fields"] if each["api_name"] == name)


async def name_of(api: Api, key: str) -> str:
    catalog = await api.administrator.catalog()
    fields = [field for each in catalog["objects"] for field in each["fields"]]
    return next(field["api_name"] for field in fields if field["id"] == key)


async def send(person: Person, upload: str, offset: int, piece: bytes):
    return await person.call("PUT", f"/files/uploads/{upload}", params={"offset": offset}, content=piece)


async def whole(person: Person, field: str, data: bytes, name: str = "big.bin") -> dict:
    begun = await person.ok("POST", "/files/uploads", {"field": field, "name": name, "size": len(data)})
    for start in range(0, len(data), begun["piece"]):
        answer = await send(person, begun["id"], start, data[start : start + begun["piece"]])
        assert answer.status_code == 200, answer.text
    return await person.ok("POST", f"/files/uploads/{begun['id']}/finish")


async def test_an_upload_goes_on_where_it_broke_off(api: Api, papers: str):
    seller = await api.person()
    data = bytes(range(256)) * (21 * MB // 256)
    begun = await seller.ok("POST", "/files/uploads", {"field": papers, "name": "big.bin", "size": len(data)})
    await send(seller, begun["id"], 0, data[: 8 * MB])
    await send(seller, begun["id"], 0, data[: 8 * MB])  # its answer was lost, so it is sent again
    hole = await send(seller, begun["id"], 9 * MB, b"x")
    assert (hole.status_code, hole.json()["code"]) == (409, "upload_offset")
    await seller.refused("POST", f"/files/uploads/{begun['id']}/finish", 409, "upload_offset")
    now = await seller.ok("GET", f"/files/uploads/{begun['id']}")
    assert now["offset"] == 8 * MB
    for start in range(now["offset"], len(data), 8 * MB):
        await send(seller, begun["id"], start, data[start : start + 8 * MB])
    kept = await seller.ok("POST", f"/files/uploads/{begun['id']}/finish")
    field = await name_of(api, papers)
    account = await seller.create("account", name=unique("Papers"), **{field: [{"id": kept["id"]}]})
    answer = await seller.call("GET", f"/files/{account[field][0]['id']}")
    assert answer.content == data
    await seller.refused("GET", f"/files/uploads/{begun['id']}", 404, "unknown_upload")


async def test_what_may_not_be_sent_is_refused_before_it_is(api: Api, papers: str, admin: Person):
    seller = await api.person()
    body = {"field": papers, "name": "big.bin", "size": 41 * MB}
    await seller.refused("POST", "/files/uploads", 413, "upload_too_large", body)
    await seller.refused("POST", "/files/uploads", 422, json={**body, "size": 3_000_000 * MB})
    await seller.refused("POST", "/files/uploads", 422, "file_kind", {**body, "size": 5, "name": "a.exe"})
    begun = await seller.ok("POST", "/files/uploads", {**body, "size": 5})
    longer = await send(seller, begun["id"], 0, b"123456")
    assert (longer.status_code, longer.json()["code"]) == (422, "upload_longer")
    foreign = await send(admin, begun["id"], 0, b"12345")
    assert foreign.status_code == 404
    await admin.refused("DELETE", f"/files/uploads/{begun['id']}", 404)
    await seller.ok("DELETE", f"/files/uploads/{begun['id']}")
    assert (await send(seller, begun["id"], 0, b"12345")).status_code == 404


async def test_finishing_twice_at_once_keeps_one_file(api: Api, papers: str):
    seller = await api.person()
    data = b"once" * 1000
    begun = await seller.ok("POST", "/files/uploads", {"field": papers, "name": "a.bin", "size": len(data)})
    await send(seller, begun["id"], 0, data)
    path = f"/files/uploads/{begun['id']}/finish"
    answers = await asyncio.gather(*(seller.call("POST", path) for _ in range(4)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    kept = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(kept) == 1
    # An answer that was lost is given again; pieces come too late.
    assert (await seller.ok("POST", path))["id"] in kept
    assert (await send(seller, begun["id"], 0, b"else")).status_code == 404
    assert (await seller.call("GET", f"/files/{kept.pop()}")).content == data


async def test_pieces_stay_as_they_are_while_they_are_kept(api: Api, papers: str):
    seller = await api.person()
    begun = await seller.ok("POST", "/files/uploads", {"field": papers, "name": "a.bin", "size": 5})
    await send(seller, begun["id"], 0, b"12345")
    place = uploads.place_of(api.runtime.settings.home / "uploads" / "pieces", UUID(begun["id"]))
    with uploads.alone(place):
        late = await send(seller, begun["id"], 0, b"54321")
        assert (late.status_code, late.json()["code"]) == (409, "upload_busy")
        await seller.refused("POST", f"/files/uploads/{begun['id']}/finish", 409, "upload_busy")
    kept = await seller.ok("POST", f"/files/uploads/{begun['id']}/finish")
    assert (await seller.call("GET", f"/files/{kept['id']}")).content == b"12345"


async def test_uploads_under_way_are_few(api: Api, papers: str):
    seller = await api.person()
    body = {"field": papers, "name": "a.bin", "size": 5}
    begun = [await seller.ok("POST", "/files/uploads", body) for _ in range(uploads.MOST_OPEN)]
    await seller.refused("POST", "/files/uploads", 409, "uploads_many", body)
    await seller.ok("DELETE", f"/files/uploads/{begun[0]['id']}")
    await seller.ok("POST", "/files/uploads", body)


async def test_a_drawing_with_script_is_saved_to_disk_and_never_shown(api: Api, papers: str):
    seller = await api.person()
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    kept = await whole(seller, papers, svg, "drawing.svg")
    answer = await seller.call("GET", f"/files/{kept['id']}")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.fixture
def stored_elsewhere(api: Api, tmp_path: Path):
    """New files of the application go elsewhere; afterwards where they went before."""
    before = api.runtime.stores

    def choose(storage: FileStorage):
        api.runtime.stores = open_stores(api.runtime.database, storage)
        return api.runtime.stores

    yield choose
    api.runtime.stores = before


async def gone(api: Api, stores, tmp_path: Path, file_id: str) -> None:
    table = sa.Table("file", sa.MetaData(schema=MAIN_SCHEMA), sa.Column("id", sa.Uuid))
    async with api.runtime.database.transaction() as connection:
        await run(connection, sa.delete(table).where(table.c.id == file_id))
    await Sweeper(api.runtime.database, stores, tmp_path).throw_away(MAIN_SCHEMA)


async def test_files_in_a_folder_are_read_and_thrown_away(
    api: Api, papers: str, stored_elsewhere, tmp_path: Path
):
    stores = stored_elsewhere(FileStorage("folder", tmp_path / "files"))
    seller = await api.person()
    kept = await whole(seller, papers, b"in a folder" * 1000)
    (place,) = [each for each in (tmp_path / "files").rglob("*") if each.is_file()]
    assert place.name == kept["id"]
    assert (await seller.call("GET", f"/files/{kept['id']}")).content == b"in a folder" * 1000
    await gone(api, stores, tmp_path, kept["id"])
    assert not place.exists()


@pytest.fixture
def remote():
    with bucket() as server:
        yield server


async def test_files_in_a_bucket_are_read_and_thrown_away(
    api: Api, papers: str, stored_elsewhere, remote: Bucket, tmp_path: Path
):
    storage = FileStorage("s3", None, "crm", "files", remote.endpoint, "us-east-1", ACCESS_KEY, "secret")
    stores = stored_elsewhere(storage)
    seller = await api.person()
    data = b"0123456789abcdef" * (17 * MB // 16)
    kept = await whole(seller, papers, data)
    assert list(remote.objects) == [f"/crm/files/{MAIN_SCHEMA}/{kept['id']}"]
    assert (await seller.call("GET", f"/files/{kept['id']}")).content == data
    await gone(api, stores, tmp_path, kept["id"])
    assert remote.objects == {}


async def test_a_store_that_is_away_says_so_and_keeps_the_upload(
    api: Api, papers: str, stored_elsewhere, remote: Bucket
):
    storage = FileStorage("s3", None, "crm", "files", remote.endpoint, "us-east-1", ACCESS_KEY, "secret")
    stored_elsewhere(storage)
    remote.down = True
    seller = await api.person()
    begun = await seller.ok("POST", "/files/uploads", {"field": papers, "name": "a.bin", "size": 5})
    await send(seller, begun["id"], 0, b"12345")
    await seller.refused("POST", f"/files/uploads/{begun['id']}/finish", 503, "file_store_away")
    remote.down = False
    kept = await seller.ok("POST", f"/files/uploads/{begun['id']}/finish")
    assert (await seller.call("GET", f"/files/{kept['id']}")).content == b"12345"
