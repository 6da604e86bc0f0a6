"""A state goes only where its machine lets it, on every path; a stage asks what it asks on every path."""

from typing import Any

import psycopg
import pytest
from psycopg.errors import CheckViolation

from banyan.pipelines.hooks import register_hooks
from factories.api import Person, unique
from factories.desk import Desk
from factories.house import House

pytestmark = pytest.mark.anyio
MONEY = {"amount": "100.00", "currency": "CNY"}
CLOSE = "2027-01-31"
PROPOSED = {"amount": MONEY, "close_date": CLOSE}


def codes(problem: dict[str, Any]) -> dict[str, str]:
    return {error["pointer"]: error["code"] for error in problem["errors"]}


async def test_the_database_refuses_a_forbidden_move_whoever_writes(house: House, targets):
    lead = await house.create("lead", {"name": "L"})
    deal = await house.create("opportunity", {"name": "D", "stage": "won", **PROPOSED})
    with psycopg.connect(targets.app, autocommit=True) as app:
        for forbidden in ("converted", None):
            with pytest.raises(CheckViolation) as refused:
                app.execute(
                    f'UPDATE "{house.schema}".r_lead SET f_status = %s WHERE id = %s', (forbidden, lead.id)
                )
            assert refused.value.diag.constraint_name == "state_move"
        with pytest.raises(CheckViolation):  # A closed deal is lost only after it was taken up again.
            app.execute(
                f"UPDATE \"{house.schema}\".r_opportunity SET f_stage = 'lost' WHERE id = %s", (deal.id,)
            )
        with pytest.raises(CheckViolation):  # No stage of that pipeline.
            app.execute(
                f'INSERT INTO "{house.schema}".r_opportunity (id, f_name, f_stage, f_pipeline) '
                "VALUES (uuidv7(), 'X', 'engaging', 'renewal')"
            )
        app.execute(f"UPDATE \"{house.schema}\".r_lead SET f_status = 'contacted' WHERE id = %s", (lead.id,))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):  # Nor may it give itself a move.
            app.execute(
                f"INSERT INTO \"{house.schema}\".state_move SELECT field_id, pipeline, 'won', 'lost' "
                f'FROM "{house.schema}".state_move LIMIT 1'
            )


async def test_a_forbidden_move_is_told_in_words_on_every_path(member: Person):
    lead = await member.create("lead", name=unique("L"), status="invalid", phone="13800138917")
    path = f"/records/lead/{lead['id']}"
    wanted = {"status": "qualified"}
    problem = await member.refused("PATCH", path, 422, "move_not_allowed", {**wanted, "version": 1})
    assert codes(problem) == {"/status": "move_not_allowed"}
    assert problem["detail"] == "“Invalid” cannot become “Qualified”. It may become: New"
    body = {"operations": [{"op": "update", "id": lead["id"], "values": wanted}]}
    problem = await member.refused("POST", "/records/lead/batch", 422, "move_not_allowed", body)
    assert codes(problem) == {"/operations/0/values/status": "move_not_allowed"}
    alone = await member.ok("POST", "/records/lead/batch", {"mode": "per_row", **body})
    assert alone["results"][0]["error"]["code"] == "move_not_allowed"
    assert (await member.ok("GET", path))["status"] == "invalid"
    await member.ok("PATCH", path, {"status": "new", "version": 1})
    problem = await member.refused("POST", "/records/lead", 422, None, {"name": "L", "status": "converted"})
    assert codes(problem) == {"/status": "start_not_allowed"}


async def test_a_stage_asks_for_its_fields_and_old_records_are_mended_piece_by_piece(member: Person):
    deal = await member.create("opportunity", name=unique("D"))
    path = f"/records/opportunity/{deal['id']}"
    problem = await member.refused("PATCH", path, 422, None, {"stage": "negotiation", "version": 1})
    assert codes(problem) == {"/amount": "stage_needs", "/close_date": "stage_needs"}
    problem = await member.refused("PATCH", path, 422, None, {"stage": "lost", "version": 1})
    assert codes(problem) == {"/loss_reason": "stage_needs"}
    await member.refused("POST", "/records/opportunity", 422, None, {"name": "D", "stage": "won"})
    moved = await member.ok("PATCH", path, {"stage": "negotiation", **PROPOSED, "version": 1})
    problem = await member.refused("PATCH", path, 422, None, {"amount": None, "version": moved["version"]})
    assert codes(problem) == {"/amount": "stage_needs"}


@pytest.fixture(scope="module")
async def desk(house: House, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    register_hooks()
    return Desk(house, tmp_path_factory.mktemp("uploads"), await house.administrator())


async def test_a_load_brings_history_but_moves_nothing_past_what_is_asked(house: House, desk: Desk):
    label = {"zh-CN": "外部编号", "en": "Reference"}
    field = {"api_name": "reference", "type": "text", "label": label, "unique": True}
    await house.change({"kind": "add_field", "object": "opportunity", "field": field})
    rows = "外部编号,商机名称,销售阶段\nA,Old won,won\nB,Old lost,lost\nC,Fresh,engaging\nD,Fresh,engaging\n"
    report = await desk.load("opportunity", rows)
    assert (report["created"], report["rejected"]) == (4, 0)
    rows = (
        "外部编号,商机名称,销售阶段,备注\nA,Old won,lost,x\nB,Old lost,lost,mended\n"
        "C,Fresh,proposal,x\nD,Fresh,negotiation,x\n"
    )
    columns = {"column": "外部编号"}
    checked = await desk.upload("opportunity", rows.encode())
    await desk.decide(checked, key="reference", reference=dict(columns))
    seen = await desk.work(checked, load=False)
    assert seen.report is not None, seen.error
    found = {(each["column"], each["code"]): each["count"] for each in seen.report["problem_counts"]}
    # No file column holds amount and date: what is missing is told of the row.
    assert found == {("销售阶段", "move_not_allowed"): 1, (None, "stage_needs"): 4}
    report = await desk.load("opportunity", rows, key="reference", reference=dict(columns))
    assert (report["updated"], report["rejected"]) == (1, 3)
    stages = await house.page("opportunity", select=["reference", "stage"], limit=10)
    kept = {each["reference"]: each["stage"] for each in stages["records"] if each["reference"]}
    assert kept == {"A": "won", "B": "lost", "C": "engaging", "D": "engaging"}
