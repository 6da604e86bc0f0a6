"""Twenty thousand companies by the command line; any of them from anywhere by a few letters."""

import csv
import random
from pathlib import Path

import pytest
from browsing import sign_in
from playwright.sync_api import expect
from pypinyin import Style, lazy_pinyin
from served import ADMIN, ROOT
from stdnum.cn import uscc

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NAME, CODE = "企业名称", "统一社会信用代码"
PLACES = ("兴化", "岳阳", "丹阳", "临海")
LETTERS = "天地玄黄宇宙洪荒日月盈辰列寒来暑往秋收冬闰余成岁吕阳云腾致雨露霜金丽水玉昆冈剑巨珠夜光"


@pytest.fixture(scope="module")
def companies(open_folder) -> Path:
    """The public registry's extract, or, where it is not at hand, companies of our own making."""
    file = ROOT.parent / "shared" / "data" / "companies" / "companies.csv"
    if file.is_file():
        return file
    made, dice = open_folder / "companies.csv", random.Random(7)  # noqa: S311 - names, not secrets
    with made.open("w", encoding="utf-8", newline="") as target:
        out = csv.writer(target)
        out.writerow([NAME, CODE, "注册资金"])
        for number in range(20_000):
            body = f"91321281MA{number:07d}"
            name = "".join((dice.choice(PLACES), *dice.choices(LETTERS, k=4), "贸易有限公司"))
            out.writerow([name, body + uscc.calc_check_digit(body), "500(万元人民币)"])
    return made


@pytest.fixture(scope="module")
def rows(companies) -> list[dict]:
    with companies.open(encoding="utf-8-sig") as source:
        return list(csv.DictReader(source))


@pytest.fixture(scope="module")
def admin(server, companies, open_folder):
    client = server.set_up(language="zh-CN", currency="CNY")
    said = server.command(
        "import",
        str(companies),
        "--object",
        "account",
        "--problems",
        str(open_folder / "left.csv"),
        code=None,
    )
    client.said = said
    return client


def test_nearly_all_arrive_and_the_rest_is_kept_with_a_reason(admin, rows, open_folder):
    arrived = admin.count("account")
    left = open_folder / "left.csv"
    text = left.read_text("utf-8-sig") if left.exists() else ""
    kept = list(csv.DictReader(text.splitlines()))
    assert arrived + len(kept) == len(rows)
    assert arrived >= 0.99 * len(rows), admin.said
    wrong = [row for row in rows if row[CODE] and not uscc.is_valid(row[CODE])]
    assert {row[CODE] for row in wrong} <= {row[CODE] for row in kept}
    assert all(row["原因"] for row in kept)


def test_dollars_stay_dollars(admin, rows):
    found = admin.ok(
        "POST", "/records/account/aggregate", {"measures": [{"fn": "sum", "field": "registered_capital"}]}
    )
    total = found["groups"][0]["values"][0]
    if any("美元" in row["注册资金"] for row in rows):
        assert total["amount"] is None  # no false total over several currencies
    else:
        assert total["currency"] == "CNY"


@pytest.mark.parametrize("by", ["two characters", "initials", "code"])
def test_the_palette_finds_a_company(watched, server, admin, rows, by):
    found = admin.rows("account", limit=1, sort=[{"field": "credit_code", "direction": "desc"}])[0]
    name, code = found["name"], found["credit_code"]
    typed = {
        # Two characters that few names have side by side; both must stand in what is found.
        "two characters": rarest(name, rows),
        "initials": "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))[:8],
        "code": code[:16],
    }[by]
    watch = watched(language="zh-CN")
    sign_in(watch, server.base, ADMIN, ("邮箱", "密码", "登录"))
    page = watch.page
    page.get_by_role("button", name="搜索或执行操作").wait_for()
    page.keyboard.press("Control+k")
    palette = page.get_by_test_id("palette")
    palette.get_by_role("combobox").fill(typed)
    option = palette.get_by_role("option").filter(has_text=name).first
    expect(option).to_be_visible()
    option.click()
    expect(page.get_by_test_id("record-title")).to_have_text(name)


def rarest(name: str, rows: list[dict]) -> str:
    pairs = [name[at : at + 2] for at in range(len(name) - 1)]
    return min(pairs, key=lambda pair: sum(pair in row[NAME] for row in rows))
