"""Real files through the API: figures as known, rejected rows to mend, nothing half."""

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from banyan.imports import store
from banyan.imports.facade import TRIES
from banyan.imports.running import ImportRun
from banyan.jobs import MemoryJobQueue
from banyan.records.session import Session
from factories.api import unique
from factories.desk import Desk
from factories.house import House

pytestmark = pytest.mark.anyio
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="the shared data folder is not beside the repository"
)


@pytest.fixture(scope="module")
async def desk(house: House, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(house, tmp_path_factory.mktemp("uploads"), await house.administrator())


async def count(house: House, object_name: str, where: dict[str, Any] | None = None) -> int:
    found = await house.page(object_name, where=where, count="exact", limit=1)
    return int(found["count"]["value"])


@needs_data
async def test_sales_files_give_the_known_figures(house: House, desk: Desk):
    folder = DATA / "sales"
    read = {name: (folder / f"{name}.csv").read_bytes() for name in ("accounts", "products", "sales_teams")}
    report = await desk.load("account", read["accounts"], industry={"create_choices": True})
    assert (report["created"], report["rejected"]) == (85, 0)
    assert (await desk.load("product", read["products"]))["created"] == 7
    people = {"manager": {"create_missing": True}, "department": {"create_missing": True}}
    team = await desk.load("user", read["sales_teams"], **people)
    assert (team["created"], team["rejected"]) == (35, 0)
    assert await count(house, "department") == 3
    assert await count(house, "user", {"field": "department", "op": "is_not_empty"}) == 35
    assert await count(house, "user", {"field": "manager", "op": "is_not_empty"}) == 35
    deals = await desk.load(
        "opportunity", (folder / "sales_pipeline.csv").read_bytes(), product={"values": {"GTXPro": "GTX Pro"}}
    )
    assert (deals["created"], deals["rejected"]) == (8_800, 0)
    body = {"group_by": [{"field": "stage"}], "measures": [{"fn": "count"}, {"fn": "sum", "field": "amount"}]}
    groups = {g["key"][0]: g["values"] for g in (await house.aggregate("opportunity", **body))["groups"]}
    assert {stage: values[0] for stage, values in groups.items()} == {
        "prospecting": 500,
        "engaging": 1_589,
        "won": 4_238,
        "lost": 2_473,
    }
    assert Decimal(groups["won"][1]["amount"]) == 10_005_534
    assert await count(house, "opportunity", {"field": "account", "op": "is_empty"}) == 1_425
    wanted = sum(1 for row in csv.DictReader(io.StringIO(read["accounts"].decode())) if row["subsidiary_of"])
    linked = [{"field": "parent", "op": "is_not_empty"}, {"field": "country", "op": "is_not_empty"}]
    assert await count(house, "account", {"and": linked}) == wanted > 0
    numbers = await house.aggregate("opportunity", measures=[{"fn": "count_distinct", "field": "number"}])
    assert numbers["groups"][0]["values"] == [8_800]


@needs_data
async def test_legacy_file_is_read_with_its_faults_named(desk: Desk):
    record = await desk.upload("account", (DATA / "legacy" / "customers.csv").read_bytes())
    assert record.data["format"]["encoding"] == "gb18030"
    assert record.data["row_count"] == 19_925
    done = await desk.work(record, load=False)
    assert done.state == "checked", done.error
    report = done.report or {}
    assert report["rows"] == 19_925
    assert sum(item["count"] for item in report["problem_counts"]) >= report["to_reject"] > 0
    codes = {(item["column"], item["code"]): item["count"] for item in report["problem_counts"]}
    assert codes["客户名称", "required"] == 81
    assert codes["统一社会信用代码", "credit_code_checksum"] >= 300
    assert codes["手机", "spreadsheet_damage"] >= 300
    assert codes["邮箱", "not_email"] >= 100
    assert await count(desk.house, "account", {"field": "name", "op": "contains", "value": "怀化市华奕"}) == 0


async def test_check_writes_nothing(house: House, desk: Desk):
    record = await desk.upload(
        "account", "客户名称,行业\n甲公司干跑,不存在的行业\n乙公司干跑,科技\n".encode()
    )
    before = (await house.catalog()).version
    done = await desk.work(record, load=False)
    assert done.report is not None
    assert (done.report["to_create"], done.report["to_reject"]) == (1, 1)
    assert (await house.catalog()).version == before
    assert await count(house, "account", {"field": "name", "op": "contains", "value": "干跑"}) == 0


async def test_rejected_rows_are_a_file_that_can_be_mended_and_imported(house: House, desk: Desk):
    record = await desk.upload("account", "客户名称,员工人数,备注\n好,12,=SUM(1)\n坏,十二,=SUM(2)\n".encode())
    done = await desk.work(record)
    rows = [row async for row in desk.imports.error_rows(await house.session(desk.actor), done)]
    assert rows[0] == ["客户名称", "员工人数", "备注", "Reason"]
    assert rows[1][:3] == ["坏", "十二", "=SUM(2)"]
    mended = [rows[0][:3], ["坏", "12", "x"]]
    report = await desk.load("account", "\n".join(",".join(row) for row in mended))
    assert report["created"] == 1


async def test_undo_takes_back_what_nobody_changed(house: House, desk: Desk):
    record = await desk.upload("account", "客户名称\n撤回甲\n撤回乙\n".encode())
    done = await desk.work(record)
    (changed,) = (await house.page("account", where={"field": "name", "op": "eq", "value": "撤回乙"}))[
        "records"
    ]
    await house.update("account", UUID(changed["id"]), {"city": "x"})
    undone = await desk.imports.undo(await house.session(desk.actor), done)
    assert undone == {"removed": 1, "kept": 1}
    assert await house.names("account", where={"field": "name", "op": "starts_with", "value": "撤回"}) == [
        "撤回乙"
    ]


async def test_update_by_key_changes_what_the_file_gives_and_keeps_the_rest(house: House, desk: Desk):
    await house.create("product", {"name": "P-1", "code": "old", "unit": "台"})
    report = await desk.load(
        "product", "产品名称,产品编码,单位\nP-1,new,\nP-2,n2,个\nP-2,n3,个\n", key="name"
    )
    assert (report["created"], report["updated"], report["rejected"]) == (1, 1, 1)
    assert report["problem_counts"][0]["code"] == "row_duplicate_key"
    (product,) = (await house.page("product", where={"field": "name", "op": "eq", "value": "P-1"}))["records"]
    assert (product["code"], product["unit"], product["version"]) == ("new", "台", 2)


async def test_row_that_names_a_rejected_row_is_rejected_with_it(desk: Desk):
    text = "客户名称,上级公司,员工人数\n链甲,链乙,1\n链乙,,不是数\n链丙,链甲,1\n链丁,链戊,1\n链戊,,2\n"
    report = await desk.load("account", text)
    assert (report["created"], report["rejected"]) == (2, 3)


async def test_relation_is_matched_by_a_field_that_is_not_text(house: House, desk: Desk):
    parent = await house.create("account", {"name": "按编号", "employees": 4711})
    await desk.load("account", "客户名称,上级公司\n按编号子,4711\n", parent={"match_by": "employees"})
    where = {"field": "parent", "op": "eq", "value": str(parent.id)}
    assert await house.names("account", where=where) == ["按编号子"]


async def test_load_that_breaks_in_the_middle_leaves_nothing(
    house: House, desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    record = await desk.upload("account", "客户名称,行业\n半截公司,全新行业\n".encode())
    await desk.decide(record, industry={"create_choices": True})

    async def broken(*_: Any, **__: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr("banyan.imports.running.write_audit", broken)
    with pytest.raises(ConnectionError):
        await desk.work(record)
    assert (await desk.again(record)).state == "failed"
    assert await count(house, "account", {"field": "name", "op": "eq", "value": "半截公司"}) == 0
    choices = (await house.catalog()).object("account").by_name["industry"].config.model_dump()["choices"]
    assert "全新行业" not in [choice["label"].get("zh-CN") for choice in choices]


async def test_cells_that_name_several_records_are_matched_one_by_one(desk: Desk):
    house = desk.house
    field = {"api_name": "watchers", "type": "users", "label": {"en": "Watchers"}}
    await house.change({"kind": "add_field", "object": "lead", "field": field})
    for name in ("Several One", "Several Two", "Twice Named", "Twice Named"):
        await house.create("user", {"name": name})
    rows = [
        "name,watchers",
        "a,Several One; several two",
        "b,Several One、Nobody Such",
        "c,Twice Named",
        "d,",
    ]
    report = await desk.load("lead", "\n".join(rows), watchers={"column": "watchers", "match_by": "name"})
    assert (report["created"], report["rejected"]) == (2, 2)
    found = (await house.page("lead", where={"field": "name", "op": "eq", "value": "a"}))["records"]
    assert sorted(item["label"] for item in found[0]["watchers"]) == ["Several One", "Several Two"]


@pytest.mark.parametrize(("times", "state"), [(2, "done"), (TRIES, "failed")], ids=["at last", "without end"])
async def test_a_load_begins_again_when_the_configuration_changes_under_it(
    house: House, desk: Desk, monkeypatch: pytest.MonkeyPatch, times: int, state: str
):
    """What was read is read with the new fields; only who is never left in peace is told so."""
    name = unique("改配置公司")
    record = await desk.upload("account", f"客户名称,行业\n{name},科技\n".encode())
    changed: list[str] = []
    check = ImportRun.check

    async def reshaped(self: ImportRun) -> dict[str, Any]:
        report = await check(self)
        if len(changed) < times:
            changed.append(f"added_{len(changed)}_{state}")
            label = {"zh-CN": changed[-1], "en": changed[-1]}
            added = {"api_name": changed[-1], "type": "text", "label": label}
            await house.change({"kind": "add_field", "object": "contact", "field": added})
        return report

    async def again(*_: Any) -> Session:
        return await house.session(desk.actor)

    monkeypatch.setattr(ImportRun, "check", reshaped)
    monkeypatch.setattr("banyan.imports.facade._session_again", again)  # The desk's person does not sign in.
    await desk.imports.start(await desk.house.session(desk.actor), await desk.again(record), load=True)
    assert isinstance(desk.imports.queue, MemoryJobQueue)
    await desk.imports.work(desk.imports.queue.waiting.pop().payload)
    done = await desk.again(record)
    assert (done.state, len(changed)) == (state, times)
    assert await count(house, "account", {"field": "name", "op": "eq", "value": name}) == (state == "done")
    if state == "failed":
        assert (done.error or {})["code"] == "configuration_changed"


async def test_only_reading_says_how_long_it_takes_yet(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    """Rows are checked and loaded at once: an end that nobody knows is not told."""
    told: list[dict[str, Any]] = []
    noting = store.note_progress

    async def noted(connection, schema, import_id, progress):
        told.append(progress)
        return await noting(connection, schema, import_id, progress)

    monkeypatch.setattr(store, "note_progress", noted)
    await desk.load("lead", b"Name\nFirst told\nSecond told\n")
    phases = {each["phase"]: (each["rows_per_second"], each["seconds_left"]) for each in told}
    assert phases.keys() == {"reading", "checking", "loading"}
    assert phases["reading"][0] > 0
    assert phases["reading"][1] == 0
    assert phases["checking"] == phases["loading"] == (None, None)
