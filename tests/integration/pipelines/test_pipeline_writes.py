"""What follows from a stage goes in with new rows, beside what somebody said of them."""

import pytest

from factories.api import Person, unique

pytestmark = pytest.mark.anyio


async def test_rows_of_one_command_each_get_what_their_stage_says_or_keep_their_own(admin: Person):
    rows = [
        {"stage": "engaging"},
        {"stage": "engaging", "probability": "77"},
        {"stage": "proposal", "amount": "5"},
    ]
    alone = [
        await admin.create("opportunity", name=unique("S"), close_date="2032-01-31", **row) for row in rows
    ]
    operations = [
        {"op": "create", "values": {"name": unique("M"), "close_date": "2032-01-31", **row}} for row in rows
    ]
    # With a won deal among them nothing is put in beforehand: the outcome is the same.
    won = {"name": unique("W"), "stage": "won", "amount": "9", "close_date": "2032-01-31"}
    for more in ([], [{"op": "create", "values": won}]):
        done = await admin.ok("POST", "/records/opportunity/batch", {"operations": [*operations, *more]})
        made = [await admin.ok("GET", f"/records/opportunity/{each['id']}") for each in done["results"]]
        for one, other in zip(alone, made[:3], strict=True):
            for name in ("probability", "forecast_category", "won_amount"):
                assert one[name] == other[name], name
            assert other["stage_entered_at"] is not None
        if more:
            assert made[3]["won_amount"]["amount"] == "9.00"
    assert alone[1]["probability"] == "77"
    assert alone[0]["probability"] not in (None, alone[2]["probability"])
