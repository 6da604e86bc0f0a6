"""Twenty thousand customers of an old system: duplicates found against the truth, merged, counted and summed."""

import csv
import io
import re
import sys
import time
from collections import Counter, defaultdict
from decimal import Decimal
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from banyan.db.statements import run
from banyan.duplicates import guard
from banyan.duplicates.accepting import accept_above
from banyan.duplicates.scanning import Scanner, last_scan, start_scan
from banyan.duplicates.tables import duplicate_tables
from banyan.jobs import MemoryJobQueue
from banyan.metadata.field_types.base import ValueProblem
from banyan.metadata.field_types.formats import cn_credit_code
from banyan.metadata.field_types.phone import e164
from factories.desk import Desk
from factories.house import House

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
LEGACY = Path(__file__).resolve().parents[4] / "shared" / "data" / "legacy"
SCORE = 0.9
Row = dict[str, str]


def read() -> tuple[list[Row], dict[str, dict[str, str]]]:
    """The file's rows with their number, and the truth by number."""
    with (LEGACY / "customers.csv").open(encoding="gb18030", newline="") as file:
        rows = [{**row, "row": str(number)} for number, row in enumerate(csv.DictReader(file), 2)]
    with (LEGACY / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = {row["row"]: row for row in csv.DictReader(file)}
    return rows, truth


def usable(row: Row) -> list[str]:
    """A row as it goes into the import: cells that it would refuse the row for are left empty."""
    code, phone, mail = row["统一社会信用代码"], row["手机"], row["邮箱"]
    try:
        code = cn_credit_code(code) if code else ""
    except ValueProblem:
        code = ""
    try:
        phone = e164(phone, "CN") if phone else ""
    except ValueProblem:
        phone = ""
    mail = mail if re.fullmatch(r"[\w.+-]+@[\w-]+\.\w+", mail) else ""
    return [row["客户名称"].strip(), code, row["联系人"], phone, mail, row["省份"], row["城市"], row["row"]]


def sheet(header: list[str], rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    return out.getvalue()


async def prepare(house: House) -> None:
    """Fields of the old system: its code (which duplicates share), the person, the row, and what was paid in all."""

    def text(name: str, **more: Any) -> dict[str, Any]:
        return {"api_name": name, "type": "text", "label": {"en": name, "zh-CN": name}, **more}

    total = {"relation": "opportunity.account", "function": "sum", "field": "amount"}
    fields = [
        text("old_code", config={"format": "cn_credit_code"}),
        text("contact_person"),
        text("old_row", unique=True),
        {"api_name": "paid", "type": "rollup", "label": {"en": "Paid", "zh-CN": "累计"}, "config": total},
    ]
    await house.change(*({"kind": "add_field", "object": "account", "field": field} for field in fields))


async def load(
    house: House, folder: Path, rows: list[Row], truth: dict[str, dict[str, str]]
) -> dict[str, Any]:
    desk = Desk(house, folder, await house.administrator())
    header = ["name", "old_code", "contact_person", "phone", "email", "province", "city", "old_row"]
    wishes = {name: {"column": name} for name in header}
    report = await desk.load("account", sheet(header, [usable(row) for row in rows]), **wishes)
    paid = [
        [f"deal {row['row']}", row["row"], truth[row["row"]]["total_amount"]]
        for row in rows
        if row["客户名称"].strip() and truth[row["row"]]["total_amount"]
    ]
    deals = {
        "name": {"column": "name"},
        "account": {"column": "account", "match_by": "old_row"},
        "amount": {"column": "amount"},
    }
    loaded = await desk.load("opportunity", sheet(["name", "account", "amount"], paid), **deals)
    assert loaded["created"] == len(paid), loaded["problem_counts"]
    return report


async def scan(house: House, folder: Path) -> dict[str, Any]:
    session = await house.session()
    obj = session.catalog.object("account")
    queue = MemoryJobQueue()
    async with house.database.transaction() as connection:
        found = await start_scan(connection, session, queue, obj)
    await Scanner(house.database, folder).work({"schema": house.schema, "scan": str(found)})
    async with house.database.reader() as connection:
        result = await last_scan(connection, house.schema, obj)
    assert result is not None
    assert result["state"] == "done"
    return result["result"]


async def found_pairs(house: House) -> set[tuple[str, str]]:
    """Pairs of file rows that the scan found."""
    rows_of = await accounts(house)
    table = duplicate_tables(house.schema).pair
    asked = sa.select(table.c.record_id, table.c.other_id).where(table.c.score >= SCORE)
    async with house.database.reader() as connection:
        pairs = await (await run(connection, asked)).fetchall()
    return {tuple(sorted((rows_of[str(a)]["old_row"], rows_of[str(b)]["old_row"]))) for a, b in pairs}


async def accounts(house: House) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    cursor = None
    while True:
        select = ["name", "old_row", "paid"]
        page = await house.page("account", select=select, limit=1000, sort=[{"field": "id"}], cursor=cursor)
        found |= {record["id"]: record for record in page["records"]}
        cursor = page["next_cursor"]
        if cursor is None:
            return found


async def merge_all(house: House) -> None:
    session = await house.session()
    obj = session.catalog.object("account")
    done = await accept_above(house.database.transaction, session, house.bus, obj, SCORE, 10_000)
    assert (done.left, done.refused) == (0, {})


@pytest.mark.skipif(not LEGACY.is_dir(), reason="the data of the old system is not beside the repository")
async def test_duplicates_of_the_old_system(house: House, tmp_path: Path, capsys):
    guard.register_hooks()
    rows, truth = read()
    await prepare(house)
    times = [time.monotonic()]
    report = await load(house, tmp_path / "uploads", rows, truth)
    times.append(time.monotonic())
    unnamed = sum(not row["客户名称"].strip() for row in rows)
    assert (report["created"], report["rejected"]) == (len(rows) - unnamed, unnamed)
    result = await scan(house, tmp_path / "scans")
    times.append(time.monotonic())

    entity = {row["row"]: truth[row["row"]]["entity"] for row in rows if row["客户名称"].strip()}
    found = await found_pairs(house)
    true, every = pairs_of(entity), pairs_of({number: each["entity"] for number, each in truth.items()})
    precision, recall = len(found & true) / len(found), len(found & true) / len(true)
    await merge_all(house)
    times.append(time.monotonic())
    left = await accounts(house)
    spent = [round(later - earlier, 1) for earlier, later in pairwise(times)]
    with capsys.disabled():
        sys.stdout.write(
            f"\nlegacy customers: {len(entity)} loaded of {len(rows)}, {len(found)} pairs found, precision "
            f"{precision:.4f}, recall {recall:.4f} of {len(true)} pairs loaded ({len(found & every) / len(every):.4f} "
            f"of {len(every)} in the file); {len(left)} customers after merging, {len(set(entity.values()))} in truth; "
            f"scan {result['seconds']} s; seconds of load, scan, merge: {spent}\n"
        )
    assert precision >= 0.98
    assert recall >= 0.90
    check_against_truth(left, entity, truth, found, true)


def check_against_truth(
    left: dict[str, dict[str, Any]],
    entity: dict[str, str],
    truth: dict[str, dict[str, str]],
    found: set[tuple[str, str]],
    true: set[tuple[str, str]],
) -> None:
    """Each customer left is one entity, with all that was paid by its rows; the sums agree to the cent."""
    wanted = defaultdict(Decimal)
    for number, name in entity.items():
        wanted[name] += Decimal(truth[number]["total_amount"] or 0)
    got = defaultdict(Decimal)
    for record in left.values():
        got[entity[record["old_row"]]] += Decimal(record["paid"] or 0)
    if found <= true:  # nothing wrongly merged: every amount is its entity's, found whole or in parts
        assert got == wanted
    assert sum(got.values()) == sum(wanted.values())
    # Entities split because a pair was missed are as many as recall allows.
    parts = Counter(entity[record["old_row"]] for record in left.values())
    assert len(parts) == len(set(entity.values()))
    assert len(left) - len(parts) <= 0.1 * len(true)


def pairs_of(entity: dict[str, str]) -> set[tuple[str, str]]:
    members = defaultdict(list)
    for number, name in entity.items():
        members[name].append(number)
    return {tuple(sorted(pair)) for numbers in members.values() for pair in combinations(numbers, 2)}
